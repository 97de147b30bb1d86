package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The limits of one limit key or of the global threshold: {@code token_per_…}, {@code
 * request_per_…}, {@code concurrent_requests} and {@code windows}, at least one of them.
 */
final class LimitWindowReader {
  /** The largest number that every JSON reader and Redis' Lua keep exact. */
  static final long MOST_TOKENS = 1L << 53;

  private static final int MOST_WINDOWS = 20;
  private static final String TOKENS = "token_per_";
  private static final String REQUESTS = "request_per_";
  private static final String CONCURRENT = "concurrent_requests";
  private static final String ALLOWED =
      "at least one of token_per_ or request_per_ with "
          + String.join(", ", PeriodReader.UNITS.keySet())
          + "; concurrent_requests; windows";

  /**
   * How faults name the place, as gateways before Tollgate did.
   *
   * @param prefix what the text of a fault begins with
   * @param missingFor ends the text when there is no limit
   * @param positiveFor ends the text when a number is not positive
   */
  record Wording(String prefix, String missingFor, String positiveFor) {}

  private final Wording wording;

  LimitWindowReader(Wording wording) {
    this.wording = wording;
  }

  /** What the section allows; {@code above} is how its limits count if it does not say. */
  Allowance read(Section section, WindowOptions above) {
    WindowOptions options = above.within(section);
    Map<String, LimitTerms> limits = new LinkedHashMap<>();
    PeriodReader.UNITS.forEach(
        (word, unit) -> {
          Period period = PeriodReader.of(unit, options.zoneOfPeriod());
          Value tokens = section.value(TOKENS + word);
          if (!tokens.isAbsent()) {
            long amount = amount(tokens, TOKENS + word);
            add(limits, tokens, options.terms(options.count(), amount, period));
          }
          Value requests = section.value(REQUESTS + word);
          if (!requests.isAbsent()) {
            long amount = amount(requests, REQUESTS + word);
            add(limits, requests, options.terms(Count.REQUESTS, amount, period));
          }
        });
    Value concurrent = section.value(CONCURRENT);
    if (!concurrent.isAbsent()) {
      add(limits, concurrent, LimitTerms.concurrent(amount(concurrent, CONCURRENT)));
    }
    Value windows = section.value("windows");
    windows(windows).forEach(entry -> add(limits, entry, window(entry, options)));
    if (limits.isEmpty() && !windows.node().isArray()) {
      section.fault(
          "no limit ("
              + wording.prefix()
              + "one of 'token_per_second', 'token_per_minute', 'token_per_hour', or"
              + " 'token_per_day' must be set for "
              + wording.missingFor()
              + ")",
          ALLOWED);
    }
    List<LimitTerms> read = List.copyOf(limits.values());
    WindowOptions.check(section, read);
    return new Allowance(read, ScheduleReader.read(section.value("schedule"), read));
  }

  private static List<Value> windows(Value value) {
    List<Value> entries = value.list("a list of windows", List.of());
    if (value.node().isArray() && (entries.isEmpty() || entries.size() > MOST_WINDOWS)) {
      value.fault(entries.size() + " entries", "from 1 to " + MOST_WINDOWS + " windows");
      return List.of();
    }
    return entries;
  }

  private LimitTerms window(Value value, WindowOptions above) {
    try (Section window = Section.required(value, "a section with tokens or requests, and per")) {
      WindowOptions options = above.within(window);
      List<String> counted =
          Stream.of("tokens", "requests", "concurrent")
              .filter(key -> !window.value(key).isAbsent())
              .toList();
      Value per = window.value("per");
      if (counted.size() != 1) {
        window.fault(
            counted.isEmpty() ? "a window without a number" : String.join(" and ", counted),
            "exactly one of tokens, requests and concurrent");
        return LimitTerms.fixed(1, 1);
      }
      String key = counted.getFirst();
      long amount = amount(window.value(key), key);
      LimitTerms terms = terms(key, amount, per, options);
      WindowOptions.check(window, List.of(terms));
      return terms;
    }
  }

  private static LimitTerms terms(String key, long amount, Value per, WindowOptions options) {
    if (key.equals("concurrent")) {
      if (!per.isAbsent()) {
        per.fault("nothing: requests in progress are counted at any time");
      }
      return LimitTerms.concurrent(amount);
    }
    Period period = PeriodReader.read(per, options.zoneOfPeriod());
    return options.terms(key.equals("tokens") ? options.count() : Count.REQUESTS, amount, period);
  }

  private static void add(Map<String, LimitTerms> limits, Value place, LimitTerms limit) {
    if (limits.putIfAbsent(limit.label(), limit) != null) {
      place.fault(
          "a second limit on the counter " + limit.label() + " in one entry",
          "each period and count once; only one count may have weights of its own for a period");
    }
  }

  private long amount(Value value, String name) {
    if (value.node().isIntegralNumber() && value.node().bigIntegerValue().signum() <= 0) {
      value.fault(
          value.node().asText()
              + " ("
              + wording.prefix()
              + "'"
              + name
              + "' must be a positive integer"
              + wording.positiveFor()
              + ", got "
              + value.node().asText()
              + ")",
          "a whole number from 1 to " + MOST_TOKENS);
      return 1;
    }
    return value.number(1, MOST_TOKENS);
  }
}
