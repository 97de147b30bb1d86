package io.tollgate.contract.config.reader;

import io.tollgate.contract.hold.LimitTerms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code token_per_…} of a limit key or of the global threshold: exactly one of four. */
final class LimitWindowReader {
  /** The largest number that every JSON reader and Redis' Lua keep exact. */
  static final long MOST_TOKENS = 1L << 53;

  private static final Map<String, Long> SECONDS = new LinkedHashMap<>();

  static {
    SECONDS.put("token_per_second", 1L);
    SECONDS.put("token_per_minute", 60L);
    SECONDS.put("token_per_hour", 3_600L);
    SECONDS.put("token_per_day", 86_400L);
  }

  private LimitWindowReader() {}

  /**
   * @param prefix what the text of a fault begins with
   * @param missingFor ends the text when there is none
   * @param positiveFor ends the text when a number is not positive
   */
  static LimitTerms read(Section section, String prefix, String missingFor, String positiveFor) {
    List<String> present =
        SECONDS.keySet().stream()
            .map(section::value)
            .filter(value -> !value.isAbsent())
            .map(value -> value.path().substring(value.path().lastIndexOf('.') + 1))
            .toList();
    if (present.isEmpty()) {
      section.fault(
          "no limit ("
              + prefix
              + "one of 'token_per_second', 'token_per_minute', 'token_per_hour', or"
              + " 'token_per_day' must be set for "
              + missingFor
              + ")",
          "exactly one of " + String.join(", ", SECONDS.keySet()));
      return LimitTerms.fixed(1, 1);
    }
    if (present.size() > 1) {
      section.fault(
          String.join(" and ", present) + " in one entry",
          "exactly one of them; write one rule item for each window, and each of them applies");
    }
    String name = present.getFirst();
    return LimitTerms.fixed(
        tokens(section.value(name), name, prefix, positiveFor), SECONDS.getOrDefault(name, 1L));
  }

  private static long tokens(Value value, String name, String prefix, String positiveFor) {
    if (value.node().isIntegralNumber() && value.node().bigIntegerValue().signum() <= 0) {
      value.fault(
          value.node().asText()
              + " ("
              + prefix
              + "'"
              + name
              + "' must be a positive integer"
              + positiveFor
              + ", got "
              + value.node().asText()
              + ")",
          "a whole number of tokens from 1 to " + MOST_TOKENS);
      return 1;
    }
    return value.number(1, MOST_TOKENS);
  }
}
