package io.tollgate.contract.explain;

import io.vertx.core.Future;

/** Says what would become of a request. Takes no hold and touches no counter. */
public interface ExplainService {
  /** Fails when a service that has to be asked does not answer. */
  Future<Explanation> explain(ExplainRequest request);
}
