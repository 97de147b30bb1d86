package io.tollgate.contract.limiter;

import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;

/** Holds and settles tokens on rate limits. All operations may be repeated without harm. */
public interface LimiterService {
  Future<Admission> admit(AdmitRequest request);

  /** Completes when the store has confirmed; fails when it has not, to be delivered again. */
  Future<Acknowledged> settle(UsageEvent event);

  /** Keeps holds alive, stamps them, and tells what is left beside them. */
  Future<Renewed> renew(Renewal renewal);
}
