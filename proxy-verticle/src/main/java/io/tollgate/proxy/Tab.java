package io.tollgate.proxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request has cost before its answer began: providers that took it and were lost before they
 * said anything have read its prompt. Confined to the request's event loop.
 */
final class Tab {
  /**
   * @param provider null when a fault of ours hides which it was
   * @param model as the provider was asked for it
   */
  record Read(@Nullable String provider, String model) {}

  private final List<Read> reads = new ArrayList<>();

  void promptRead(@Nullable String provider, String model) {
    reads.add(new Read(provider, model));
  }

  boolean isEmpty() {
    return reads.isEmpty();
  }

  /** The models that read the prompt in vain, one for each time. */
  List<String> models() {
    return reads.stream().map(Read::model).toList();
  }

  /** Those of one provider. */
  List<String> modelsOf(String provider) {
    return reads.stream()
        .filter(read -> provider.equals(read.provider()))
        .map(Read::model)
        .toList();
  }
}
