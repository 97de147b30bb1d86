package io.tollgate.contract.hold;

import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;

/**
 * How much of what may be used in which time. A hold carries the terms that it was taken on, so
 * that it is settled by them, whatever has become of its rule.
 *
 * @param amount what may be used in a period; of {@link Algorithm#CONCURRENCY} how many requests
 *     may be in progress, whatever the period
 * @param burst for buckets, how much may be used at once; elsewhere as {@code amount}
 */
public record LimitTerms(Algorithm algorithm, Period period, Count count, long amount, long burst) {
  /** So many tokens in a fixed window that begins with its first use. */
  public static LimitTerms fixed(long tokens, long seconds) {
    return new LimitTerms(
        Algorithm.FIXED_WINDOW, Period.ofSeconds(seconds), Count.TOTAL, tokens, tokens);
  }

  /** Requests that may be in progress at once. */
  public static LimitTerms concurrent(long requests) {
    return new LimitTerms(
        Algorithm.CONCURRENCY, Period.ofSeconds(1), Count.REQUESTS, requests, requests);
  }

  /** The same with other numbers: a burst keeps its share of the amount. */
  public LimitTerms withAmount(long other) {
    long scaledBurst =
        burst == amount ? other : Math.max(1, Math.round((double) burst / amount * other));
    return new LimitTerms(algorithm, period, count, other, scaledBurst);
  }

  /**
   * What tells the counters of one key apart: {@code 60} for tokens a minute, {@code 60-requests},
   * {@code concurrent} and so on. The algorithm is not in it, so that a rule that gets another one
   * keeps what is used.
   */
  public String label() {
    if (algorithm == Algorithm.CONCURRENCY) {
      return "concurrent";
    }
    return count.equals(Count.TOTAL) ? period.label() : period.label() + '-' + count.label();
  }

  /** What may be used at once when nothing is used or held. */
  public long capacity() {
    return switch (algorithm) {
      case FIXED_WINDOW, SLIDING_WINDOW, CONCURRENCY -> amount;
      case TOKEN_BUCKET, LEAKY_BUCKET -> burst;
    };
  }

  /** What a request is expected to count, at least one. */
  public long expected(Estimate estimate) {
    return algorithm == Algorithm.CONCURRENCY ? 1 : count.of(estimate);
  }

  /** What an open request counts so far: billed should its node die now. */
  public long soFar(TokenUsage usage) {
    return algorithm == Algorithm.CONCURRENCY ? 0 : count.of(usage);
  }
}
