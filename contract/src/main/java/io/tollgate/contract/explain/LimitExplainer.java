package io.tollgate.contract.explain;

import io.tollgate.contract.limiter.AdmitRequest;
import io.vertx.core.Future;

/** The limiter's part of an explanation. */
public interface LimitExplainer {
  /** A store that can't be reached is part of the answer. */
  Future<LimitsView> explain(AdmitRequest request);
}
