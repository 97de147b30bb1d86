package io.tollgate.contract.explain;

import io.tollgate.contract.quota.ReserveRequest;
import io.vertx.core.Future;

/** The quota service's part of an explanation. */
public interface QuotaExplainer {
  /** A store that can't be reached is part of the answer. */
  Future<BalancesView> explain(ReserveRequest request);
}
