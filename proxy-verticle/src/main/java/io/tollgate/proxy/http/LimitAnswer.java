package io.tollgate.proxy.http;

import io.tollgate.contract.limiter.Admission.Throttled;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The refusal of a rate limit, as the client is told it. */
final class LimitAnswer {
  private static final String CODE = "rate_limit_exceeded";
  private static final long SERVICE_RETRY_MILLIS = 1000;

  private LimitAnswer() {}

  static ErrorAnswer of(Throttled limit) {
    return switch (limit.cause()) {
      case SPENT -> answer(limit, spent(limit), facts(limit), RateHeaders.of(limit));
      case PENALTY -> penalty(limit);
      case MISSING_KEY -> missingKey(limit);
    };
  }

  static ErrorAnswer of(Refusal.TooManyTexts refusal) {
    return new ErrorAnswer(
        429,
        CODE,
        ErrorType.RATE_LIMIT,
        "Too many requests: %s and %d output tokens are left for %s. Try again in %d s."
            .formatted(
                refusal.texts() == 1 ? "a text is wanted" : refusal.texts() + " texts are wanted",
                refusal.left(),
                refusal.texts() == 1 ? "it" : "all of them",
                RateHeaders.seconds(refusal.resetMillis())),
        RateHeaders.retryAfter(refusal.resetMillis()),
        Map.of("left", refusal.left()),
        null);
  }

  /** A service does not say when to come back; its words are passed on as they are. */
  static ErrorAnswer of(Refusal.DeniedByService denied) {
    return new ErrorAnswer(
        denied.status(),
        CODE,
        ErrorType.RATE_LIMIT,
        denied.description(),
        RateHeaders.retryAfter(SERVICE_RETRY_MILLIS),
        Map.of("rule", "llm-token-ratelimit"),
        denied.verbatim());
  }

  private static ErrorAnswer answer(
      Throttled limit, String message, Map<String, Object> facts, Map<String, String> headers) {
    return new ErrorAnswer(
        limit.rejectedCode(),
        CODE,
        ErrorType.RATE_LIMIT,
        "Too many requests: " + message,
        headers,
        facts,
        limit.rejectedMessage());
  }

  private static String spent(Throttled limit) {
    return "rule %s allows %d %s%s, %d are used and %d held by requests in progress. Try again in %d s."
        .formatted(
            limit.rule(),
            limit.limit(),
            limit.unit(),
            limit.part() == null ? "" : " of which this node's part is " + limit.part(),
            limit.used(),
            limit.held(),
            RateHeaders.seconds(limit.resetMillis()));
  }

  private static Map<String, Object> facts(Throttled limit) {
    Map<String, Object> facts = cause(limit);
    facts.put("unit", limit.unit());
    facts.put("limit", limit.limit());
    facts.put("used", limit.used());
    facts.put("held", limit.held());
    facts.put("reset_ms", limit.resetMillis());
    return facts;
  }

  private static Map<String, Object> cause(Throttled limit) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("rule", limit.rule());
    facts.put("cause", limit.cause().name().toLowerCase(Locale.ROOT));
    return facts;
  }

  private static ErrorAnswer penalty(Throttled limit) {
    // Rounded up: who comes back at that second is not too early.
    Instant until =
        Instant.now().plusMillis(limit.resetMillis() + 999).truncatedTo(ChronoUnit.SECONDS);
    Map<String, Object> facts = facts(limit);
    facts.put("until", until.toString());
    String message =
        "rule %s has refused this caller too often and refuses it until %s whatever is left. Try again in %d s."
            .formatted(limit.rule(), until, RateHeaders.seconds(limit.resetMillis()));
    return answer(limit, message, facts, RateHeaders.of(limit));
  }

  /** The same request would be refused at any time. */
  private static ErrorAnswer missingKey(Throttled limit) {
    Map<String, Object> facts = cause(limit);
    facts.put("missing", limit.unit());
    String message =
        "rule %s goes by a value that this request does not have: %s."
            .formatted(limit.rule(), limit.unit());
    return answer(limit, message, facts, Map.of("x-should-retry", "false"));
  }
}
