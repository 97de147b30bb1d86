package io.tollgate.proxy;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.quota.BudgetScope;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.meter.Workload;
import io.vertx.core.Future;
import java.util.List;

/** Tells beforehand what a request will use. */
final class Foresight {
  private final Estimator estimator;

  Foresight(Estimator estimator) {
    this.estimator = estimator;
  }

  /**
   * Where the request must not use more than is left, its prompt is counted and not guessed. Never
   * fails.
   *
   * @param budgets that it may spend from
   */
  Future<Forecast> forecast(IdentifiedCall call, List<BudgetScope> budgets) {
    Forecast guess = guess(call);
    boolean counts =
        call.routed().purpose().isMetered()
            && (isBounded(call.routed().route()) || isBounded(budgets));
    return counts ? guess.counted() : Future.succeededFuture(guess);
  }

  /** Whether requests must not use more than is left of the route's limits. */
  static boolean isBounded(RouteConfig route) {
    for (LimitBlock block : route.limits()) {
      if (block.admitting().strict() || block.admitting().onExhausted() == OnExhausted.STOP) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBounded(List<BudgetScope> budgets) {
    for (BudgetScope scope : budgets) {
      if (scope.budget().onExhausted() == OnExhausted.STOP) {
        return true;
      }
    }
    return false;
  }

  private Forecast guess(IdentifiedCall call) {
    Operation operation = call.inbound().operation();
    RoutedCall routed = call.routed();
    // What is only passed through costs what the provider reports, so there is nothing to estimate.
    RequestBody body = operation.costsTokens() ? routed.body() : RequestBody.none();
    return estimator.forecast(
        call.consumer(),
        routed.modelOrBlank(),
        Workload.ofPath(operation.path()),
        body,
        operation.outputCaps(routed.model()));
  }
}
