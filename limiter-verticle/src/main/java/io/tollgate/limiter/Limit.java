package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.LimitKey;

/**
 * One limit that applies to a request.
 *
 * @param counter the Redis key of {@code key}
 * @param capacity tokens in a window
 * @param block where the limit comes from: its store, its refusal, what it does without its store
 */
record Limit(LimitKey key, String counter, long capacity, LimitBlock block) {

  /** {@code <rule_name>/<type>[:<key name>]/<window seconds>s}. */
  String rule() {
    return ruleOf(key);
  }

  static String ruleOf(LimitKey key) {
    return key.ruleName()
        + '/'
        + key.type().label()
        + (key.keyName().isEmpty() ? "" : ':' + key.keyName())
        + '/'
        + key.windowSeconds()
        + 's';
  }

  /** The stricter of two limits on one counter. */
  static Limit smaller(Limit one, Limit other) {
    return other.capacity < one.capacity ? other : one;
  }
}
