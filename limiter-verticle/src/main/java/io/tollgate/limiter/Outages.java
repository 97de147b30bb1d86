package io.tollgate.limiter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of limits that could not be enforced: a metric for each time, a line in the log at most
 * once in {@link #QUIET} for each subject. Thread-safe.
 */
final class Outages {
  static final Duration QUIET = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Outages.class);
  private static final int MAX_SUBJECTS = 1000;

  private final MeterRegistry meters;
  private final Map<String, Counter> passed = new ConcurrentHashMap<>();
  private final Map<String, Long> toldAtNanos = new ConcurrentHashMap<>();

  Outages(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Shows the rule from the start, so that its first failure is seen as an increase. */
  void watch(String ruleName) {
    passed.computeIfAbsent(ruleName, this::counter);
  }

  /** A request passes without this rule, which fails open. */
  void failedOpen(String ruleName, String reason) {
    passed.computeIfAbsent(ruleName, this::counter).increment();
    if (isNews("open " + ruleName)) {
      log.warn("rule {} is not enforced and lets requests pass: {}", ruleName, reason);
    }
  }

  /** A request passes by this node's part of the rule. */
  void shared(String ruleName) {
    if (isNews("shared " + ruleName)) {
      log.warn(
          "rule {} is enforced by this node's part of it: its store can't be reached", ruleName);
    }
  }

  /** A request is refused, as this rule fails closed. */
  void failedClosed(String ruleName, String reason) {
    if (isNews("closed " + ruleName)) {
      log.warn("rule {} can't be checked and refuses requests: {}", ruleName, reason);
    }
  }

  /** A counter's key holds something that is not an integer. */
  void brokenCounter(LimitKey key) {
    FactValue value = key.value();
    String subject =
        Limit.ruleOf(key)
            + (value == null ? "" : " for the value whose hash is " + KnownKeys.hashOf(value));
    if (isNews(subject)) {
      log.error("the counter of {} holds no integer; delete or correct it", subject);
    }
  }

  /** Tokens were held in a store that no rule uses any more. */
  void storeIsGone(String store, LimitKey key) {
    if (isNews("gone " + store)) {
      log.warn(
          "store {} is not in use any more; usage on rule {} is dropped", store, Limit.ruleOf(key));
    }
  }

  private boolean isNews(String subject) {
    if (toldAtNanos.size() >= MAX_SUBJECTS) {
      toldAtNanos.clear();
    }
    long now = System.nanoTime();
    Long told =
        toldAtNanos.merge(
            subject, now, (last, current) -> current - last < QUIET.toNanos() ? last : current);
    return told == now;
  }

  private Counter counter(String ruleName) {
    return Counter.builder("tollgate.limit.failopen")
        .description("Requests that passed without a limit, as its store could not be reached")
        .tag("rule", ruleName)
        .register(meters);
  }
}
