package io.tollgate.deploy.higress;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code modelMapping}: exact names first, then prefixes from the longest on, then the rest. */
final class ModelMapping {
  private ModelMapping() {}

  static Map<String, String> of(Source mapping) {
    Map<String, String> kept = new LinkedHashMap<>();
    mapping.entries().forEach((model, name) -> add(kept, model, name));
    Map<String, String> ordered = new LinkedHashMap<>();
    kept.entrySet().stream()
        .sorted((one, other) -> Integer.compare(rank(other.getKey()), rank(one.getKey())))
        .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
    return ordered;
  }

  private static void add(Map<String, String> kept, String model, Source name) {
    if (model.startsWith("~")) {
      name.leftOut(
          "a regular expression for models, of which Tollgate has none; write the models"
              + " it means, exact or as prefix*");
    } else if (!name.text().isBlank()) {
      kept.put(model, name.text());
    } else if (model.endsWith("*")) {
      if (!model.equals("*")) {
        name.leftOut(
            "\"\" keeps the names that begin so; Tollgate keeps what no pattern takes, so"
                + " see that no other pattern does");
      }
    } else {
      kept.put(model, model);
    }
  }

  private static int rank(String pattern) {
    return pattern.endsWith("*") ? pattern.length() : Integer.MAX_VALUE;
  }
}
