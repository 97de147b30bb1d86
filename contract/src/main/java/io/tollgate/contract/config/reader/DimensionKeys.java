package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.RouteAuth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keys of rule items under {@code limit_by}: {@code *} for all, or a pattern for each dimension. A
 * pattern is exact, {@code *}, {@code prefix*} or {@code regexp:…}; of {@code ip} an address or a
 * CIDR block.
 */
final class DimensionKeys implements KeyPatterns {
  private static final Pattern FORM = Pattern.compile("[^*]+\\*?|\\*|regexp:.+", Pattern.DOTALL);
  private static final String PATTERNS = "an exact value, *, prefix* or regexp:…";

  private final List<String> dimensions;
  private final KnownNames known;
  private final @Nullable RouteAuth auth;

  /**
   * @param auth the route's; null when it is open to everybody
   */
  DimensionKeys(List<String> dimensions, KnownNames known, @Nullable RouteAuth auth) {
    this.dimensions = dimensions;
    this.known = known;
    this.auth = auth;
  }

  @Override
  public String label() {
    return "limit_by";
  }

  @Override
  public String example() {
    return "*";
  }

  @Override
  public List<String> read(Value key) {
    if (key.node().isObject()) {
      return section(key);
    }
    if (key.node().isTextual() && key.node().textValue().equals("*")) {
      return Collections.nCopies(dimensions.size(), "*");
    }
    if (dimensions.size() != 1) {
      key.fault("\"*\", or a section with a pattern for each of " + String.join(", ", dimensions));
      return List.of();
    }
    return List.of(pattern(key, dimensions.getFirst()));
  }

  @Override
  public String shown(List<String> patterns) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < patterns.size(); i++) {
      shown.add(isSecret(dimensions.get(i), patterns.get(i)) ? "***" : patterns.get(i));
    }
    return String.join(",", shown);
  }

  private List<String> section(Value key) {
    Set<String> unknown = new LinkedHashSet<>();
    Map<String, Value> given = key.entries("a section with a pattern for each dimension");
    given.keySet().stream().filter(name -> !dimensions.contains(name)).forEach(unknown::add);
    unknown.forEach(
        name ->
            key.fault(
                "the dimension " + Value.quote(name),
                "those of limit_by: "
                    + String.join(", ", dimensions)
                    + Spelling.didYouMean(name, dimensions)));
    return dimensions.stream()
        .map(
            dimension -> {
              Value pattern = given.get(dimension);
              return pattern == null ? "*" : pattern(pattern, dimension);
            })
        .toList();
  }

  private String pattern(Value value, String dimension) {
    boolean secret = isSecret(dimension, value.node().asText());
    String pattern = secret ? value.secret("a key") : value.text(PATTERNS);
    if (pattern.isBlank() || pattern.equals("*")) {
      return pattern;
    }
    if (dimension.equals("ip")) {
      LimitPattern.checkAddress(value, pattern);
    } else if (pattern.startsWith(LimitPattern.REGEXP)) {
      LimitPattern.regexFault(pattern)
          .ifPresent(fault -> LimitPattern.reportRegex(value, pattern, fault));
    } else if (!secret && !FORM.matcher(pattern).matches()) {
      value.fault(PATTERNS);
    } else if (!pattern.endsWith("*")) {
      checkExists(value, dimension, pattern);
    }
    return pattern;
  }

  private void checkExists(Value value, String dimension, String name) {
    switch (dimension) {
      case "consumer" -> Names.refer(value, "consumer", known.consumers());
      case "provider" -> Names.refer(value, "provider", known.providers());
      case "route" -> Names.refer(value, "route", known.routes());
      default -> {
        if (dimension.startsWith("label:")) {
          LabelReader.checkCarried(
              value, dimension.substring("label:".length()), name, known.labels());
        }
      }
    }
  }

  private boolean isSecret(String dimension, String pattern) {
    if (LimitPattern.isWildcard(pattern) || pattern.endsWith("*")) {
      return false;
    }
    String name = dimension.substring(dimension.indexOf(':') + 1);
    return (dimension.startsWith("header:") && ValueKeys.isSecretHeader(name, auth))
        || (dimension.startsWith("param:") && ValueKeys.isSecretParameter(name, auth))
        || dimension.startsWith("cookie:");
  }
}
