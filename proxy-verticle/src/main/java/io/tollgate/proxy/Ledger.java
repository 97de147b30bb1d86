package io.tollgate.proxy;

import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the holds of requests from admission to settlement: alive while the request is open, and
 * settled once when it ends, however it ends. Confined to one event loop.
 */
final class Ledger {
  private final OpenCalls open;
  private final Settlements settlements;

  Ledger(OpenCalls open, Settlements settlements) {
    this.open = open;
    this.settlements = settlements;
  }

  /** The request is on its way: from now on it may cost its prompt. */
  void open(AdmittedCall call) {
    long promptTokens = call.forecast().estimate().promptTokens();
    open.put(call, () -> promptTokens);
  }

  /**
   * The answer has begun.
   *
   * @param tokensSoFar prompt and output up to now
   */
  void count(AdmittedCall call, LongSupplier tokensSoFar) {
    open.put(call, tokensSoFar);
  }

  /** The request was refused after it had taken holds. */
  void release(AdmittedCall call) {
    settlements.settle(call, null, Bill.nothing(Outcome.REFUSED));
  }

  /**
   * The request has ended.
   *
   * @param end null when the gateway failed
   */
  void settle(AdmittedCall call, @Nullable Step<Served> end) {
    open.remove(call);
    Bill bill = end == null ? promptOnly(call, Outcome.UPSTREAM_BROKEN) : bill(call, end);
    CallNotes notes = call.inbound().notes();
    notes.bill = bill;
    settlements.settle(call, notes.provider, bill);
  }

  /** Whether no more requests that would hold tokens can be taken. */
  boolean refusesMore() {
    return settlements.refusesMore();
  }

  /** Completes when what is settled by now survives as much as the configuration asks for. */
  Future<Void> durable() {
    return settlements.durable();
  }

  Future<Void> drain(Duration limit) {
    return settlements.drain(limit);
  }

  Future<Void> close() {
    open.close();
    return settlements.close();
  }

  private static Bill bill(AdmittedCall call, Step<Served> end) {
    return switch (end) {
      case Step.Next<Served> served -> served.value().bill();
      case Step.Refused<Served> refused -> unanswered(call, refused.refusal());
    };
  }

  private static Bill unanswered(AdmittedCall call, Refusal refusal) {
    return switch (refusal) {
      case Refusal.ClientGone gone ->
          call.inbound().notes().forwardedNanos == 0
              ? Bill.nothing(Outcome.CLIENT_GONE)
              : promptOnly(call, Outcome.CLIENT_GONE);
      case Refusal.UpstreamBroken broken -> Bill.nothing(Outcome.UPSTREAM_BROKEN);
      default -> Bill.nothing(Outcome.UPSTREAM_UNREACHABLE);
    };
  }

  /** The provider has read the prompt; of its answer nothing is known. */
  private static Bill promptOnly(AdmittedCall call, Outcome outcome) {
    return call.routed().purpose().isMetered()
        ? new Bill(call.forecast().meter().end().usage(), true, outcome)
        : Bill.nothing(outcome);
  }
}
