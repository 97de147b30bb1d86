package io.tollgate.proxy;

import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.proxy.SecondLook.Seen;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.upstream.UpstreamChain;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * Lets a request pass when the limiter and the quota both take a hold for it. They are asked at
 * once; when one refuses, the hold of the other is released.
 */
final class Gate {
  private final LimitInquiry limits;
  private final QuotaInquiry quota;
  private final SecondLook secondLook;
  private final Lapses lapses;
  private final Ledger ledger;
  private final Foresight foresight;
  private final Function<String, UpstreamChain> upstreams;

  /**
   * @param upstreams chooses by the route's name whom a request may go to
   */
  Gate(
      LimitInquiry limits,
      QuotaInquiry quota,
      SecondLook secondLook,
      Lapses lapses,
      Ledger ledger,
      Foresight foresight,
      Function<String, UpstreamChain> upstreams) {
    this.limits = limits;
    this.quota = quota;
    this.secondLook = secondLook;
    this.lapses = lapses;
    this.ledger = ledger;
    this.foresight = foresight;
    this.upstreams = upstreams;
  }

  Future<Step<AdmittedCall>> admit(IdentifiedCall call) {
    // What can't be written down must not be spent.
    if ((limits.mayHold(call) || quota.mayPay(call)) && ledger.refusesMore()) {
      return Step.refused(new Refusal.JournalFull());
    }
    UpstreamChain chain = upstreams.apply(call.routed().route().name());
    return foresight
        .forecast(call, quota.budgetsOf(call))
        .compose(
            forecast ->
                secondLook.ask(call.inbound().id(), holder -> ask(call, chain, forecast, holder)));
  }

  private Future<Seen<AdmittedCall>> ask(
      IdentifiedCall call, UpstreamChain chain, Forecast forecast, String holder) {
    Future<Admission> admission = limits.ask(call, forecast, holder, chain.firstProvider());
    Future<Reservation> reservation = quota.ask(call, forecast, holder);
    return Future.all(admission, reservation)
        .map(
            both -> {
              Answers answers = new Answers(admission.result(), reservation.result());
              return decide(held(call, chain, forecast, holder, answers), answers);
            });
  }

  private AdmittedCall held(
      IdentifiedCall call, UpstreamChain chain, Forecast forecast, String holder, Answers answers) {
    Holdings holdings =
        new Holdings(
            holder,
            chain.firstProvider(),
            forecast.estimate(),
            answers.limits(),
            answers.quotaHolds(),
            answers.quotaStops());
    return new AdmittedCall(call, forecast, chain, limits.goesByProvider(call), holdings);
  }

  private Seen<AdmittedCall> decide(AdmittedCall held, Answers answers) {
    CallNotes notes = held.inbound().notes();
    notes.admittedNanos = System.nanoTime();
    Refusal refusal = answers.refusal();
    if (refusal == null) {
      refusal = held.tooManyTexts();
    }
    if (refusal != null) {
      if (held.holdsTokens()) {
        ledger.release(held);
      }
      return new Seen<>(Step.refuse(refusal), answers.refusedByHoldsAlone());
    }
    notes.heldTokens = held.holdings().largest();
    notes.limitsThatWouldRefuse = answers.limitsThatWouldRefuse();
    notes.budgetsThatWouldRefuse = answers.budgetsThatWouldRefuse();
    lapses.admitted(held);
    return new Seen<>(Step.next(held), false);
  }
}
