package io.tollgate.proxy;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.LimiterService;
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
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Lets a request pass when the limiter and the quota both take a hold for it. They are asked at
 * once; when one refuses, the hold of the other is released.
 *
 * <p>A refusal that only holds cause is looked at again a few times within a tenth of a second: a
 * caller who asks again as soon as he has an answer must not be refused because that answer is just
 * being settled.
 */
final class Gate {
  private static final int[] PAUSES_MILLIS = {8, 16, 32};

  private final Vertx vertx;
  private final LimiterService limiter;
  private final QuotaService quota;
  private final OutagePolicy outage;
  private final Lapses lapses;
  private final Ledger ledger;
  private final Estimator estimator;
  private final Live<Map<String, RuleFacts>> facts;

  Gate(
      Vertx vertx,
      LimiterService limiter,
      QuotaService quota,
      OutagePolicy outage,
      Lapses lapses,
      Ledger ledger,
      Estimator estimator,
      Live<Map<String, RuleFacts>> facts) {
    this.vertx = vertx;
    this.limiter = limiter;
    this.quota = quota;
    this.outage = outage;
    this.lapses = lapses;
    this.ledger = ledger;
    this.estimator = estimator;
    this.facts = facts;
  }

  Future<Step<AdmittedCall>> admit(IdentifiedCall call) {
    // What can't be written down must not be spent.
    return mayHold(call) && ledger.refusesMore()
        ? Future.succeededFuture(Step.refuse(new Refusal.JournalFull()))
        : forecast(call).compose(forecast -> ask(call, forecast, 0));
  }

  private static boolean mayHold(IdentifiedCall call) {
    RouteConfig route = call.routed().route();
    return call.routed().purpose().isMetered()
        && (!route.limits().isEmpty() || (route.quota() != null && call.consumer() != null));
  }

  private Future<Step<AdmittedCall>> ask(IdentifiedCall call, Forecast forecast, int again) {
    // What a refused request gives back is settled for good, so asking again needs another name.
    String holder = again == 0 ? call.inbound().id() : call.inbound().id() + '-' + again;
    Future<Admission> admission = askLimiter(call, holder, forecast);
    Future<Reservation> reservation = askQuota(call, holder, forecast);
    return Future.all(admission, reservation)
        .map(both -> new Answers(admission.result(), reservation.result(), texts(call)))
        .compose(answers -> decide(call, holder, forecast, answers, again));
  }

  private Future<Step<AdmittedCall>> decide(
      IdentifiedCall call, String holder, Forecast forecast, Answers answers, int again) {
    AdmittedCall held =
        new AdmittedCall(
            call,
            forecast,
            holder,
            answers.limitHolds(),
            answers.quotaHolds(),
            new Tab(),
            answers.stopLine(),
            answers.outputCap(),
            answers.tightest());
    Refusal refusal = answers.refusal();
    call.inbound().notes().admittedNanos = System.nanoTime();
    if (refusal == null) {
      call.inbound().notes().heldTokens = held.heldTokens();
      call.inbound().notes().wouldRefuse = answers.wouldRefuse();
      lapses.admitted(held);
      return Future.succeededFuture(Step.next(held));
    }
    if (held.holdsTokens()) {
      ledger.release(held);
    }
    return again < PAUSES_MILLIS.length && answers.refusedByHoldsAlone()
        ? pause(again).compose(over -> ask(call, forecast, again + 1))
        : Future.succeededFuture(Step.refuse(refusal));
  }

  /** Of random length, so that requests that were in each other's way are not so again. */
  private Future<Void> pause(int again) {
    long millis = PAUSES_MILLIS[again];
    return vertx
        .timer(ThreadLocalRandom.current().nextLong(millis, 2 * millis), TimeUnit.MILLISECONDS)
        .mapEmpty();
  }

  private static int texts(IdentifiedCall call) {
    return call.routed().body().choices();
  }

  /** Where a request must not use more than is left, its prompt is counted and not guessed. */
  private Future<Forecast> forecast(IdentifiedCall call) {
    Forecast forecast = guess(call);
    return mayHold(call) && isBounded(call.routed().route())
        ? forecast.counted()
        : Future.succeededFuture(forecast);
  }

  private static boolean isBounded(RouteConfig route) {
    return route.limits().stream()
        .map(LimitBlock::admitting)
        .anyMatch(how -> how.strict() || how.onExhausted() == OnExhausted.STOP);
  }

  private Forecast guess(IdentifiedCall call) {
    Operation operation = call.inbound().operation();
    RoutedCall routed = call.routed();
    // What is only passed through costs what the provider reports, so there is nothing to estimate.
    RequestBody body = operation.costsTokens() ? routed.body() : RequestBody.none();
    Workload workload = Workload.ofPath(operation.path());
    return estimator.forecast(
        call.consumer(),
        routed.modelOrBlank(),
        workload,
        body,
        operation.outputCaps(routed.model()));
  }

  private Future<Admission> askLimiter(IdentifiedCall call, String holder, Forecast forecast) {
    RouteConfig route = call.routed().route();
    if (route.limits().isEmpty() || !call.routed().purpose().isMetered()) {
      return Future.succeededFuture(Admission.Admitted.FREELY);
    }
    long version = call.inbound().version();
    AdmitRequest question =
        new AdmitRequest(
            holder,
            route.name(),
            call.consumer(),
            call.labels(),
            call.routed().modelOrBlank(),
            null,
            version,
            factsFor(route, version).of(call),
            forecast.estimate());
    call.inbound().notes().unlimited = false;
    return limiter
        .admit(question)
        .otherwise(
            fault -> {
              call.inbound().notes().unlimited = true;
              return outage.ofLimiter(route, fault);
            });
  }

  /** Routes stay for as long as the node lives, so each version has them all. */
  private RuleFacts factsFor(RouteConfig route, long version) {
    return Objects.requireNonNull(facts.of(version).get(route.name()));
  }

  private Future<Reservation> askQuota(IdentifiedCall call, String holder, Forecast forecast) {
    RouteConfig route = call.routed().route();
    QuotaBlock block = route.quota();
    if (block == null || call.consumer() == null || !call.routed().purpose().isMetered()) {
      return Future.succeededFuture(new Reservation.Reserved(List.of()));
    }
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
        .otherwise(fault -> outage.ofQuota(block, question.consumer(), fault));
  }
}
