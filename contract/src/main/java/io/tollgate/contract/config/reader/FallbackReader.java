package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.FallbackConfig.On;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code fallback} of a route. */
final class FallbackReader {
  private static final String ALLOWED = "connect, timeout, 4xx, 5xx, or a status from 400 to 599";
  private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");

  private final UpstreamReader upstreams;

  FallbackReader(UpstreamReader upstreams) {
    this.upstreams = upstreams;
  }

  @Nullable FallbackConfig read(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section fallback = Section.optional(value)) {
      return new FallbackConfig(
          upstreams.read(fallback.value("upstreams")), on(fallback.value("on")));
    }
  }

  private static On on(Value value) {
    if (value.isAbsent()) {
      return new On(true, true, List.of(5));
    }
    Set<String> words = new LinkedHashSet<>();
    for (Value entry : value.list("a list of " + ALLOWED)) {
      String word = entry.node().isIntegralNumber() ? entry.node().asText() : entry.text(ALLOWED);
      if (!word.isBlank()
          && !Set.of("connect", "timeout", "4xx", "5xx").contains(word)
          && !STATUS.matcher(word).matches()) {
        entry.fault(ALLOWED);
      } else {
        words.add(word);
      }
    }
    if (value.node().isArray() && value.node().isEmpty()) {
      value.fault("at least one of " + ALLOWED);
    }
    return new On(
        words.contains("connect"),
        words.contains("timeout"),
        words.stream()
            .filter(word -> !word.isBlank() && Character.isDigit(word.charAt(0)))
            .map(word -> Integer.valueOf(word.replace("xx", "")))
            .toList());
  }
}
