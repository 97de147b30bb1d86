package io.tollgate.proxy.http;

import io.tollgate.contract.limiter.Admission.Standing;
import io.tollgate.contract.limiter.Admission.Throttled;
import java.time.Duration;
import java.util.Map;

/** The headers that tell a client where its limits stand. */
public final class RateHeaders {
  private static final String LIMIT = "x-ratelimit-limit-tokens";
  private static final String REMAINING = "x-ratelimit-remaining-tokens";
  private static final String RESET = "x-ratelimit-reset-tokens";

  private RateHeaders() {}

  /** For an answer that passes. */
  public static Map<String, String> of(Standing tightest) {
    return Map.of(
        LIMIT, Long.toString(tightest.limit()),
        REMAINING, Long.toString(Math.max(0, tightest.remaining())),
        RESET, duration(tightest.resetMillis()));
  }

  static Map<String, String> of(Throttled limit) {
    String seconds = Long.toString(seconds(limit.resetMillis()));
    long remaining = Math.max(0, limit.allowed() - limit.used() - limit.held());
    return Map.of(
        "retry-after",
        seconds,
        "retry-after-ms",
        Long.toString(limit.resetMillis()),
        "x-tokenratelimit-reset",
        seconds,
        LIMIT,
        Long.toString(limit.limit()),
        REMAINING,
        Long.toString(remaining),
        RESET,
        duration(limit.resetMillis()));
  }

  /** Whole seconds, rounded up. */
  static long seconds(long millis) {
    return Math.ceilDiv(millis, 1000);
  }

  /** As OpenAI writes it: {@code 20ms}, {@code 7s}, {@code 6m0s}, {@code 23h59m59s}. */
  static String duration(long millis) {
    if (millis < 1000) {
      return Math.max(0, millis) + "ms";
    }
    Duration length = Duration.ofSeconds(seconds(millis));
    StringBuilder text = new StringBuilder();
    if (length.toHours() > 0) {
      text.append(length.toHours()).append('h');
    }
    if (length.toMinutes() > 0) {
      text.append(length.toMinutesPart()).append('m');
    }
    return text.append(length.toSecondsPart()).append('s').toString();
  }
}
