package io.tollgate.proxy;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.quota.BudgetScope;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.proxy.meter.Forecast;
import io.vertx.core.Future;
import java.util.List;

/** Asks the quota service whether a request can be paid. */
final class QuotaInquiry {
  private final QuotaService quota;
  private final OutagePolicy outage;
  private final Live<RouteBudgets> budgets;

  QuotaInquiry(QuotaService quota, OutagePolicy outage, Live<RouteBudgets> budgets) {
    this.quota = quota;
    this.outage = outage;
    this.budgets = budgets;
  }

  /** Whether a balance or a budget may be for the request. */
  boolean mayPay(IdentifiedCall call) {
    return call.routed().purpose().isMetered() && (hasBalance(call) || !budgetsOf(call).isEmpty());
  }

  /** The budgets that requests on its route may spend from. */
  List<BudgetScope> budgetsOf(IdentifiedCall call) {
    return budgets.of(call.inbound().version()).on(call.routed().route());
  }

  /**
   * Asks for the holds of a request. Never fails.
   *
   * @param holder the id under which they are to be known
   */
  Future<Reservation> ask(IdentifiedCall call, Forecast forecast, String holder) {
    if (!mayPay(call)) {
      return Future.succeededFuture(Reservation.Reserved.FREELY);
    }
    RouteConfig route = call.routed().route();
    ReserveRequest question =
        new ReserveRequest(
            holder,
            route.name(),
            call.consumer(),
            call.labels(),
            call.routed().modelOrBlank(),
            call.inbound().version(),
            forecast.estimate());
    return quota
        .reserve(question)
        .otherwise(fault -> outage.ofQuota(route.quota(), budgetsOf(call), question, fault));
  }

  private static boolean hasBalance(IdentifiedCall call) {
    return call.routed().route().quota() != null && call.consumer() != null;
  }
}
