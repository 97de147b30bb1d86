package io.tollgate.proxy.http;

import io.tollgate.contract.limiter.Admission.Standing;
import io.tollgate.contract.limiter.Admission.Throttled;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The headers that tell a client where its limits stand. */
public final class RateHeaders {
  private static final Pattern FIELD_TEXT = Pattern.compile("[ -~&&[^\"\\\\]]*");

  private RateHeaders() {}

  /** For an answer that passes. */
  public static Map<String, String> of(Standing tightest) {
    return standing(
        tightest.unit(), tightest.limit(), tightest.remaining(), tightest.resetMillis());
  }

  static Map<String, String> of(Throttled limit) {
    long remaining = Math.max(0, limit.allowed() - limit.used() - limit.held());
    Map<String, String> headers = new HashMap<>(retryAfter(limit.resetMillis()));
    headers.put("x-tokenratelimit-reset", Long.toString(seconds(limit.resetMillis())));
    headers.putAll(standing(limit.unit(), limit.limit(), remaining, limit.resetMillis()));
    if (FIELD_TEXT.matcher(limit.rule()).matches()) {
      headers.putAll(fields(limit, remaining));
    }
    return headers;
  }

  /** When to come back, in both of the forms that clients go by. */
  static Map<String, String> retryAfter(long millis) {
    return Map.of(
        "retry-after", Long.toString(seconds(millis)), "retry-after-ms", Long.toString(millis));
  }

  /** What counts requests, also those in progress, is told in the headers for requests. */
  private static Map<String, String> standing(
      String unit, long limit, long remaining, long resetMillis) {
    String kind = unit.endsWith("requests") ? "requests" : "tokens";
    return Map.of(
        "x-ratelimit-limit-" + kind, Long.toString(limit),
        "x-ratelimit-remaining-" + kind, Long.toString(Math.max(0, remaining)),
        "x-ratelimit-reset-" + kind, duration(resetMillis));
  }

  /** The fields of the IETF's draft, for those who go by that. */
  private static Map<String, String> fields(Throttled limit, long remaining) {
    String name = '"' + limit.rule() + '"';
    String unit = limit.unit().replace(' ', '-');
    return Map.of(
        "ratelimit-policy",
        name + ";q=" + limit.limit() + ";qu=\"" + unit + '"',
        "ratelimit",
        name + ";r=" + remaining + ";t=" + seconds(limit.resetMillis()));
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
