package io.tollgate.proxy;

import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaHold;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.meter.Workload;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a request pass when the limiter and the quota both take a hold for it. They are asked at
 * once; when one refuses, the hold of the other is released.
 */
final class Gate {
  private final LimiterService limiter;
  private final QuotaService quota;
  private final OutagePolicy outage;
  private final Ledger ledger;
  private final Estimator estimator = new Estimator();
  private final Map<String, RuleFacts> facts = new HashMap<>();

  Gate(LimiterService limiter, QuotaService quota, OutagePolicy outage, Ledger ledger) {
    this.limiter = limiter;
    this.quota = quota;
    this.outage = outage;
    this.ledger = ledger;
  }

  Future<Step<AdmittedCall>> admit(IdentifiedCall call) {
    Forecast forecast = forecast(call);
    Future<Admission> admission = askLimiter(call, forecast);
    Future<Reservation> reservation = askQuota(call, forecast);
    return Future.all(admission, reservation)
        .map(answers -> decide(call, forecast, admission.result(), reservation.result()));
  }

  private Forecast forecast(IdentifiedCall call) {
    Operation operation = call.inbound().operation();
    RoutedCall routed = call.routed();
    // What is only passed through costs what the provider reports, so there is nothing to estimate.
    RequestBody body = operation.costsTokens() ? routed.body() : RequestBody.none();
    Workload workload = Workload.ofPath(operation.path());
    return estimator.forecast(call.consumer(), routed.modelOrBlank(), workload, body);
  }

  private Future<Admission> askLimiter(IdentifiedCall call, Forecast forecast) {
    RouteConfig route = call.routed().route();
    if (route.limits().isEmpty() || !call.routed().purpose().isMetered()) {
      return Future.succeededFuture(new Admission.Admitted(List.of(), null));
    }
    AdmitRequest question =
        new AdmitRequest(
            call.inbound().id(),
            route.name(),
            call.consumer(),
            call.routed().modelOrBlank(),
            facts.computeIfAbsent(route.name(), name -> new RuleFacts(route)).of(call),
            forecast.estimate());
    return limiter.admit(question).otherwise(fault -> outage.ofLimiter(route, fault));
  }

  private Future<Reservation> askQuota(IdentifiedCall call, Forecast forecast) {
    RouteConfig route = call.routed().route();
    QuotaBlock block = route.quota();
    if (block == null || call.consumer() == null || !call.routed().purpose().isMetered()) {
      return Future.succeededFuture(new Reservation.Reserved(List.of()));
    }
    ReserveRequest question =
        new ReserveRequest(
            call.inbound().id(),
            route.name(),
            call.consumer(),
            call.routed().modelOrBlank(),
            forecast.estimate());
    return quota.reserve(question).otherwise(fault -> outage.ofQuota(block, fault));
  }

  private Step<AdmittedCall> decide(
      IdentifiedCall call, Forecast forecast, Admission admission, Reservation reservation) {
    AdmittedCall held = held(call, forecast, admission, reservation);
    Step<AdmittedCall> decision = judge(held, admission, reservation);
    if (decision instanceof Step.Refused && held.holdsTokens()) {
      ledger.release(held);
    }
    return decision;
  }

  private static AdmittedCall held(
      IdentifiedCall call, Forecast forecast, Admission admission, Reservation reservation) {
    List<QuotaHold> quotaHolds =
        reservation instanceof Reservation.Reserved reserved ? reserved.holds() : List.of();
    return admission instanceof Admission.Admitted admitted
        ? new AdmittedCall(call, forecast, admitted.holds(), quotaHolds, admitted.tightest())
        : new AdmittedCall(call, forecast, List.of(), quotaHolds, null);
  }

  /** The quota has the first word: its refusal holds for longer. */
  private static Step<AdmittedCall> judge(
      AdmittedCall call, Admission admission, Reservation reservation) {
    return switch (reservation) {
      case Reservation.Exhausted exhausted -> Step.refuse(new Refusal.QuotaExhausted(exhausted));
      case Reservation.Unavailable unavailable ->
          Step.refuse(new Refusal.QuotaUnavailable(unavailable.retryAfterMillis()));
      case Reservation.Reserved reserved -> judge(call, admission);
    };
  }

  private static Step<AdmittedCall> judge(AdmittedCall call, Admission admission) {
    return switch (admission) {
      case Admission.Admitted admitted -> Step.next(call);
      case Admission.Throttled throttled -> Step.refuse(new Refusal.RateLimited(throttled));
      case Admission.Unavailable down ->
          Step.refuse(new Refusal.LimiterUnavailable(down.rule(), down.retryAfterMillis()));
    };
  }
}
