package io.tollgate.proxy;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.BudgetScope;
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
import io.tollgate.proxy.upstream.UpstreamChain;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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
  private final LimitInquiry limits;
  private final QuotaService quota;
  private final OutagePolicy outage;
  private final Lapses lapses;
  private final Ledger ledger;
  private final Estimator estimator;
  private final Function<String, UpstreamChain> upstreams;
  private final Live<RouteBudgets> budgets;

  Gate(
      Vertx vertx,
      LimitInquiry limits,
      QuotaService quota,
      OutagePolicy outage,
      Lapses lapses,
      Ledger ledger,
      Estimator estimator,
      Function<String, UpstreamChain> upstreams,
      Live<RouteBudgets> budgets) {
    this.vertx = vertx;
    this.limits = limits;
    this.quota = quota;
    this.outage = outage;
    this.lapses = lapses;
    this.ledger = ledger;
    this.estimator = estimator;
    this.upstreams = upstreams;
    this.budgets = budgets;
  }

  Future<Step<AdmittedCall>> admit(IdentifiedCall call) {
    // What can't be written down must not be spent.
    return mayHold(call) && ledger.refusesMore()
        ? Future.succeededFuture(Step.refuse(new Refusal.JournalFull()))
        : forecast(call)
            .compose(
                forecast -> ask(call, upstreams.apply(call.routed().route().name()), forecast, 0));
  }

  private boolean mayHold(IdentifiedCall call) {
    return call.routed().purpose().isMetered()
        && (!call.routed().route().limits().isEmpty() || mayPay(call));
  }

  private Future<Step<AdmittedCall>> ask(
      IdentifiedCall call, UpstreamChain chain, Forecast forecast, int again) {
    // What a refused request gives back is settled for good, so asking again needs another name.
    String holder = again == 0 ? call.inbound().id() : call.inbound().id() + '-' + again;
    Future<Admission> admission = limits.ask(call, forecast, holder, chain.firstProvider(), false);
    Future<Reservation> reservation = askQuota(call, holder, forecast);
    return Future.all(admission, reservation)
        .map(both -> new Answers(admission.result(), reservation.result(), texts(call)))
        .compose(answers -> decide(call, chain, holder, forecast, answers, again));
  }

  private Future<Step<AdmittedCall>> decide(
      IdentifiedCall call,
      UpstreamChain chain,
      String holder,
      Forecast forecast,
      Answers answers,
      int again) {
    AdmittedCall held =
        new AdmittedCall(
            call,
            forecast,
            holder,
            answers.limitHolds(),
            answers.quotaHolds(),
            chain,
            providerHolds(call, chain, holder, answers.limitHolds()),
            new Tab(),
            answers.stopLine(),
            answers.outputCap(),
            answers.tightest());
    Refusal refusal = answers.refusal();
    call.inbound().notes().admittedNanos = System.nanoTime();
    if (refusal == null) {
      call.inbound().notes().heldTokens = held.heldTokens();
      call.inbound().notes().limitsThatWouldRefuse = answers.limitsThatWouldRefuse();
      call.inbound().notes().budgetsThatWouldRefuse = answers.budgetsThatWouldRefuse();
      lapses.admitted(held);
      return Future.succeededFuture(Step.next(held));
    }
    if (held.holdsTokens()) {
      ledger.release(held);
    }
    return again < PAUSES_MILLIS.length && answers.refusedByHoldsAlone()
        ? pause(again).compose(over -> ask(call, chain, forecast, again + 1))
        : Future.succeededFuture(Step.refuse(refusal));
  }

  private ProviderHolds providerHolds(
      IdentifiedCall call, UpstreamChain chain, String holder, List<LimitHold> holds) {
    List<LimitHold> byProvider =
        holds.stream().filter(hold -> hold.key().provider() != null).toList();
    return new ProviderHolds(
        limits.goesByProvider(call),
        new ProviderHolds.Of(chain.firstProvider(), holder, byProvider));
  }

  /** Takes holds on the limits of another provider, which is to be asked in place of the first. */
  Future<Step<ProviderHolds.Of>> admitTo(AdmittedCall call, String provider) {
    return admitTo(call, provider, call.providerHolds().nextHolder(), 0);
  }

  private Future<Step<ProviderHolds.Of>> admitTo(
      AdmittedCall call, String provider, String name, int again) {
    String holder = again == 0 ? name : name + '-' + again;
    return limits
        .ask(call.identified(), call.forecast(), holder, provider, true)
        .map(
            admission ->
                new Answers(admission, Reservation.Reserved.FREELY, texts(call.identified())))
        .compose(
            answers -> {
              Refusal refusal = answers.refusal();
              if (refusal == null) {
                return Future.succeededFuture(
                    Step.next(new ProviderHolds.Of(provider, holder, answers.limitHolds())));
              }
              return again < PAUSES_MILLIS.length && answers.refusedByHoldsAlone()
                  ? pause(again).compose(over -> admitTo(call, provider, name, again + 1))
                  : Future.succeededFuture(Step.refuse(refusal));
            });
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
    return mayHold(call) && (isBounded(call.routed().route()) || isBounded(budgetsOf(call)))
        ? forecast.counted()
        : Future.succeededFuture(forecast);
  }

  /** Whether requests must not use more than is left. */
  static boolean isBounded(RouteConfig route) {
    return route.limits().stream()
        .map(LimitBlock::admitting)
        .anyMatch(how -> how.strict() || how.onExhausted() == OnExhausted.STOP);
  }

  private static boolean isBounded(List<BudgetScope> budgets) {
    return budgets.stream().anyMatch(scope -> scope.budget().onExhausted() == OnExhausted.STOP);
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

  private Future<Reservation> askQuota(IdentifiedCall call, String holder, Forecast forecast) {
    RouteConfig route = call.routed().route();
    if (!call.routed().purpose().isMetered() || !mayPay(call)) {
      return Future.succeededFuture(Reservation.Reserved.FREELY);
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
        .otherwise(fault -> outage.ofQuota(route.quota(), budgetsOf(call), question, fault));
  }

  private boolean mayPay(IdentifiedCall call) {
    return (call.routed().route().quota() != null && call.consumer() != null)
        || !budgetsOf(call).isEmpty();
  }

  private List<BudgetScope> budgetsOf(IdentifiedCall call) {
    return budgets.of(call.inbound().version()).on(call.routed().route());
  }
}
