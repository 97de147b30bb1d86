package io.tollgate.proxy;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.proxy.meter.Forecast;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Objects;

/** Asks the limiter whether a request may spend now. */
final class LimitInquiry {
  private final LimiterService limiter;
  private final OutagePolicy outage;
  private final Live<Map<String, RuleFacts>> facts;

  LimitInquiry(LimiterService limiter, OutagePolicy outage, Live<Map<String, RuleFacts>> facts) {
    this.limiter = limiter;
    this.outage = outage;
    this.facts = facts;
  }

  /** Whether a limit of the request's route goes by the provider. */
  boolean goesByProvider(IdentifiedCall call) {
    return mayHold(call) && factsFor(call).goByProvider();
  }

  /** Whether a limit may be for the request. */
  boolean mayHold(IdentifiedCall call) {
    return !call.routed().route().limits().isEmpty() && call.routed().purpose().isMetered();
  }

  /**
   * Asks for the holds of a request. Never fails.
   *
   * @param holder the id under which they are to be known
   * @param provider the one that is to be asked first
   */
  Future<Admission> ask(IdentifiedCall call, Forecast forecast, String holder, String provider) {
    call.inbound().notes().unlimited = false;
    return ask(call, forecast, holder, provider, false);
  }

  /** Asks for those on limits that go by the provider, when another is to be asked. Never fails. */
  Future<Admission> askElsewhere(AdmittedCall call, String holder, String provider) {
    return ask(call.identified(), call.forecast(), holder, provider, true);
  }

  private Future<Admission> ask(
      IdentifiedCall call,
      Forecast forecast,
      String holder,
      String provider,
      boolean onlyByProvider) {
    if (!mayHold(call)) {
      return Future.succeededFuture(Admission.Admitted.FREELY);
    }
    RouteConfig route = call.routed().route();
    AdmitRequest question =
        new AdmitRequest(
            holder,
            route.name(),
            call.consumer(),
            call.labels(),
            call.routed().modelOrBlank(),
            provider,
            call.inbound().version(),
            factsFor(call).of(call),
            forecast.estimate(),
            onlyByProvider);
    return limiter
        .admit(question)
        .otherwise(
            fault -> {
              call.inbound().notes().unlimited = true;
              return outage.ofLimiter(route, fault);
            });
  }

  /** Routes stay for as long as the node lives, so each version has them all. */
  private RuleFacts factsFor(IdentifiedCall call) {
    return Objects.requireNonNull(
        facts.of(call.inbound().version()).get(call.routed().route().name()));
  }
}
