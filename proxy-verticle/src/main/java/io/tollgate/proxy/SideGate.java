package io.tollgate.proxy;

import io.tollgate.contract.quota.Reservation;
import io.tollgate.proxy.SecondLook.Seen;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;

/**
 * Lets a request go to another provider than the first one when there is room in the limits that go
 * by the provider. All that it holds otherwise it keeps.
 */
final class SideGate {
  private final LimitInquiry limits;
  private final SecondLook secondLook;
  private final Lapses lapses;
  private final Ledger ledger;

  SideGate(LimitInquiry limits, SecondLook secondLook, Lapses lapses, Ledger ledger) {
    this.limits = limits;
    this.secondLook = secondLook;
    this.lapses = lapses;
    this.ledger = ledger;
  }

  /**
   * Takes holds, which then are among the request's. Never fails.
   *
   * @param call has left the provider before
   */
  Future<Step<AdmittedCall>> admit(AdmittedCall call, String provider) {
    // Those who have read the prompt in vain may have left no room for an answer.
    Refusal full = call.tooManyTexts();
    if (full != null || !call.goesByProvider()) {
      return Future.succeededFuture(full == null ? Step.next(call) : Step.refuse(full));
    }
    return secondLook.ask(call.holdings().nextHolder(), holder -> ask(call, provider, holder));
  }

  private Future<Seen<AdmittedCall>> ask(AdmittedCall call, String provider, String holder) {
    return limits
        .askElsewhere(call, holder, provider)
        .map(admission -> new Answers(admission, Reservation.Reserved.FREELY))
        .map(answers -> decide(call, new Stay(provider, holder, answers.limits()), answers));
  }

  private Seen<AdmittedCall> decide(AdmittedCall call, Stay stay, Answers answers) {
    Refusal refusal = answers.refusal();
    if (refusal != null) {
      return new Seen<>(Step.refuse(refusal), answers.refusedByHoldsAlone());
    }
    call.holdings().moveTo(stay);
    Refusal full = call.tooManyTexts();
    if (full != null) {
      ledger.releaseStay(call);
      return new Seen<>(Step.refuse(full), false);
    }
    CallNotes notes = call.inbound().notes();
    notes.heldTokens = Math.max(notes.heldTokens, call.holdings().largest());
    notes.alsoWouldRefuse(answers.limitsThatWouldRefuse());
    lapses.admitted(call, stay);
    return new Seen<>(Step.next(call), false);
  }
}
