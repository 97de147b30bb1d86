package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Count;
import io.tollgate.contract.hold.Estimate;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;

/**
 * One limit that applies to a request.
 *
 * @param counter the Redis key of {@code key}
 * @param terms how much is allowed in which time, as it is now
 * @param block where the limit comes from: its store, its refusal, what it does without its store
 */
record Limit(LimitKey key, String counter, LimitTerms terms, LimitBlock block) {
  /** What may be used and held at once. */
  long capacity() {
    return terms.amount() == 0 ? 0 : terms.capacity();
  }

  /** How much a request is to hold at most. */
  long asks(Estimate estimate) {
    return terms.expected(estimate);
  }

  /** How much must be left for a request to pass. */
  long needs(Estimate estimate) {
    return block.admitting().strict() ? asks(estimate) : 1;
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
    return other.capacity() < one.capacity() ? other : one;
  }
}
