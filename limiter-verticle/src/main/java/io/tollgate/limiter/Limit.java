package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import java.util.List;

/**
 * One limit that applies to a request.
 *
 * @param counter the Redis key of {@code key}
 * @param terms how much is allowed in which time, as it is now
 * @param rate where these terms come from, of which they are one
 * @param block where the limit comes from: its store, its refusal, what it does without its store
 */
record Limit(LimitKey key, String counter, LimitTerms terms, Rate rate, LimitBlock block) {
  /** As it was when the hold was taken on it. */
  static Limit of(LimitHold hold, String counter, LimitBlock block) {
    LimitTerms terms = hold.terms();
    return new Limit(hold.key(), counter, terms, Rate.usual(List.of(terms)), block);
  }

  /** What may be used and held at once. */
  long capacity() {
    return capacity(terms);
  }

  /** What it would be but for schedule and load. */
  long usualCapacity() {
    return capacity(rate.usual().get(rate.windows().indexOf(terms)));
  }

  private static long capacity(LimitTerms terms) {
    return terms.amount() == 0 ? 0 : terms.capacity();
  }

  boolean isShadow() {
    return block.admitting().mode() == LimitMode.SHADOW;
  }

  /** Whether a request's longest answer is cut to what is left. */
  boolean clamps() {
    return block.admitting().strict()
        && block.admitting().clampOutput()
        && terms.algorithm() != Algorithm.CONCURRENCY
        && terms.count().ofOutput();
  }

  /** How much a request is to hold at most: where its answer is cut, the most it can come to. */
  long asks(Estimate estimate) {
    if (!clamps()) {
      return terms.expected(estimate);
    }
    Long most = estimate.mostOutput();
    return most == null
        ? Long.MAX_VALUE
        : terms.count().of(new Estimate(estimate.promptTokens(), most));
  }

  /** How much must be left for a request to pass. */
  long needs(Estimate estimate) {
    if (!block.admitting().strict()) {
      return 1;
    }
    return clamps() ? terms.count().of(new Estimate(estimate.promptTokens(), 1)) : asks(estimate);
  }

  /** What it counts, for people. */
  String unit() {
    if (terms.algorithm() == Algorithm.CONCURRENCY) {
      return "concurrent requests";
    }
    return terms.count().equals(Count.REQUESTS) ? "requests" : "tokens";
  }

  /** {@code <rule_name>/<type>[:<key name>]/<window>}. */
  String rule() {
    return ruleOf(key);
  }

  static String ruleOf(LimitKey key) {
    return key.rule();
  }

  /** The stricter of two limits on one counter. */
  static Limit smaller(Limit one, Limit other) {
    if (one.isShadow() != other.isShadow()) {
      return one.isShadow() ? other : one;
    }
    return other.capacity() < one.capacity() ? other : one;
  }
}
