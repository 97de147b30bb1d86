package io.tollgate.contract.config;

import java.util.List;
import java.util.Map;

/**
 * Which requests something is for: those of which all of this holds. What is empty holds for all.
 *
 * @param labels by name, the values that a consumer's label may have
 * @param consumers by name
 * @param models that are asked for, exact or {@code prefix*}
 * @param routes by name
 */
public record Selector(
    Map<String, List<String>> labels,
    List<String> consumers,
    List<String> models,
    List<String> routes) {
  /** Every request. */
  public static final Selector ALL = new Selector(Map.of(), List.of(), List.of(), List.of());

  public Selector {
    labels = Map.copyOf(labels);
    consumers = List.copyOf(consumers);
    models = List.copyOf(models);
    routes = List.copyOf(routes);
  }
}
