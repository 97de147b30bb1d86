package io.tollgate.contract.alert;

import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;

/** Takes alerts to where the operator wants them. */
public interface AlertService {
  /** Completes when the alert is taken over, before it is delivered. May be repeated. */
  Future<Acknowledged> raise(Alert alert);
}
