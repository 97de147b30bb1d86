package io.tollgate.proxy;

import java.util.ArrayList;
import java.util.List;

/**
 * What a request has cost before its answer began: providers that took it and were lost before they
 * said anything have read its prompt. Confined to the request's event loop.
 */
final class Tab {
  /**
   * @param holder the id of what the request held at that provider's limits
   * @param model as the provider was asked for it
   */
  private record Read(String holder, String model) {}

  private final List<Read> reads = new ArrayList<>(0);

  void promptRead(String holder, String model) {
    reads.add(new Read(holder, model));
  }

  /** How many have read the prompt in vain. */
  int size() {
    return reads.size();
  }

  /** The models that read the prompt in vain, one for each time. */
  List<String> models() {
    return reads.isEmpty() ? List.of() : reads.stream().map(Read::model).toList();
  }

  /** Those that read it while this was held. */
  List<String> modelsOf(String holder) {
    return reads.stream().filter(read -> holder.equals(read.holder())).map(Read::model).toList();
  }
}
