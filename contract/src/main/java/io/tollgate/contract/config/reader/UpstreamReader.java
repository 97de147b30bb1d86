package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.UpstreamConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code upstreams} of a route or of its fallback. */
final class UpstreamReader {
  static final Pattern MODEL_PATTERN = Pattern.compile("[^*]+\\*?|\\*");

  private static final int HEAVIEST = 1_000_000;
  private static final String ALLOWED =
      "a list of provider names or of sections with provider, weight and model_mapping";

  private final Set<String> providers;

  UpstreamReader(Set<String> providers) {
    this.providers = providers;
  }

  /** At least one; no provider twice; the weights do not add up to nothing. */
  List<UpstreamConfig> read(Value value) {
    List<UpstreamConfig> upstreams = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Value entry : value.list(ALLOWED)) {
      UpstreamConfig upstream = upstream(entry);
      if (!upstream.provider().isBlank() && !seen.add(upstream.provider())) {
        entry.fault(
            "provider " + upstream.provider() + " a second time",
            "each provider once; its weight is its share");
      }
      upstreams.add(upstream);
    }
    if (value.node().isArray() && upstreams.isEmpty()) {
      value.fault(ALLOWED);
    } else if (value.node().isArray() && upstreams.stream().allMatch(u -> u.weight() == 0)) {
      value.fault("weights that are all 0", "at least one upstream with a weight above 0");
    }
    return upstreams;
  }

  private UpstreamConfig upstream(Value entry) {
    if (entry.node().isTextual()) {
      return new UpstreamConfig(Names.refer(entry, "provider", providers), 1, Map.of());
    }
    try (Section upstream = Section.required(entry, ALLOWED)) {
      return new UpstreamConfig(
          Names.refer(upstream.value("provider"), "provider", providers),
          upstream.value("weight").number(0, HEAVIEST, 1),
          mapping(upstream.value("model_mapping")));
    }
  }

  private static Map<String, String> mapping(Value value) {
    Map<String, String> mapping = new LinkedHashMap<>();
    value
        .entries("a section of model: provider's own name")
        .forEach(
            (model, name) -> {
              if (!MODEL_PATTERN.matcher(model).matches()) {
                name.fault(
                    "the pattern " + Value.quote(model),
                    "an exact name, a prefix with * at its end, or *");
              }
              mapping.put(model, name.text("the provider's own name of a model"));
            });
    return mapping;
  }
}
