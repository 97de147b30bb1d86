package io.tollgate.proxy;

import java.util.ArrayList;
import java.util.List;

/**
 * What a request has cost before its answer began: providers that took it and were lost before they
 * said anything have read its prompt. Confined to the request's event loop.
 */
final class Tab {
  private final List<String> models = new ArrayList<>();

  /**
   * @param model as the provider was asked for it
   */
  void promptRead(String model) {
    models.add(model);
  }

  /** The models that read the prompt in vain, one for each time. */
  List<String> models() {
    return models;
  }
}
