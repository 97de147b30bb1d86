package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitKey;

/**
 * Usage can't be counted, as somebody has put something else in the counter's place. It passes when
 * the key is deleted or its window ends. Carries no stack trace.
 */
final class BrokenCounter extends RuntimeException {
  BrokenCounter(LimitKey key) {
    super("the counter of " + Limit.ruleOf(key) + " holds no integer", null, false, false);
  }
}
