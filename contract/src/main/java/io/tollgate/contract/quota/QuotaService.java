package io.tollgate.contract.quota;

import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;

/** Holds and settles tokens on balances, and keeps the balances. */
public interface QuotaService {
  Future<Reservation> reserve(ReserveRequest request);

  /** Completes when the store has confirmed; fails when it has not, to be delivered again. */
  Future<Acknowledged> settle(UsageEvent event);

  /** Keeps holds alive, stamps them, and tells what is left beside them. */
  Future<Renewed> renew(Renewal renewal);

  Future<Accounts> query(AccountQuery query);

  /** The latest changes of a balance that no request has made. */
  Future<AuditTrail> audit(AuditQuery query);

  /** Not to be repeated when in doubt: an addition would count twice. */
  Future<Accounts> change(AccountChange change);
}
