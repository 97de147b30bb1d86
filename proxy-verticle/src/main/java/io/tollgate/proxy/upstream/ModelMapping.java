package io.tollgate.proxy.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From the model asked for to the provider's own name for it. Exact names win. */
final class ModelMapping {
  private record Prefix(String prefix, String target) {}

  private final Map<String, String> exact = new HashMap<>();
  private final List<Prefix> prefixes = new ArrayList<>();

  /**
   * @param mapping from {@code exact}, {@code prefix*} or {@code *}, in order
   */
  ModelMapping(Map<String, String> mapping) {
    mapping.forEach(
        (from, target) -> {
          if (from.endsWith("*")) {
            prefixes.add(new Prefix(from.substring(0, from.length() - 1), target));
          } else {
            exact.put(from, target);
          }
        });
  }

  /** The provider's name; the same name where nothing is said about it, null for null. */
  @Nullable String apply(@Nullable String model) {
    if (model == null) {
      return null;
    }
    String target = exact.get(model);
    if (target != null) {
      return target;
    }
    for (Prefix candidate : prefixes) {
      if (model.startsWith(candidate.prefix())) {
        return candidate.target();
      }
    }
    return model;
  }
}
