package io.tollgate.proxy;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.HeldLimit;
import java.util.List;

/**
 * What a request holds on the limits of one provider while that one is asked.
 *
 * @param holder the id under which the limiter knows these holds
 */
record Stay(String provider, String holder, List<HeldLimit> limits) {
  List<LimitHold> limitHolds() {
    return limits.stream().map(HeldLimit::hold).toList();
  }
}
