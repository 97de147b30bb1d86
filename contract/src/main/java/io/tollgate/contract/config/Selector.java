package io.tollgate.contract.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /**
   * Whether it is for a request.
   *
   * @param of the labels of its consumer
   * @param consumer null on a route without authentication
   */
  public boolean includes(
      Map<String, String> of, @Nullable String consumer, String model, String route) {
    return (consumers.isEmpty() || (consumer != null && consumers.contains(consumer)))
        && (routes.isEmpty() || routes.contains(route))
        && (models.isEmpty() || models.stream().anyMatch(pattern -> isModel(pattern, model)))
        && labels.entrySet().stream()
            .allMatch(
                label -> {
                  String value = of.get(label.getKey());
                  return value != null && label.getValue().contains(value);
                });
  }

  private static boolean isModel(String pattern, String model) {
    return pattern.endsWith("*")
        ? model.startsWith(pattern.substring(0, pattern.length() - 1))
        : model.equals(pattern);
  }
}
