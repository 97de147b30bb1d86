package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.limiter.Admission;

/**
 * A request lacks a value that a rule item asks of it.
 *
 * @param dimension which value
 */
record Lack(LimitBlock block, LimitItem item, Dimension dimension) {
  /** {@code <rule_name>/<type>:<key name>}. */
  String rule() {
    return block.ruleName() + '/' + item.type().label() + ':' + item.keyName();
  }

  Admission.Throttled refusal() {
    return new Admission.Throttled(
        rule(),
        Admission.Cause.MISSING_KEY,
        dimension.shown(),
        0,
        0,
        0,
        0,
        block.rejection().code(),
        block.rejection().message(),
        null);
  }
}
