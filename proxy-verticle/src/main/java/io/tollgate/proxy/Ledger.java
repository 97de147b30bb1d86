package io.tollgate.proxy;

import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the holds of requests from admission to settlement: alive while the request is open, and
 * settled once when it ends, however it ends. Confined to one event loop.
 */
final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final Vertx vertx;
  private final OpenCalls open;
  private final Settlements settlements;
  private int unsettled;
  private @Nullable Promise<Void> allSettled;

  Ledger(Vertx vertx, OpenCalls open, Settlements settlements) {
    this.vertx = vertx;
    this.open = open;
    this.settlements = settlements;
  }

  /** The request is on its way: from now on it may cost its prompt. */
  void open(AdmittedCall call) {
    unsettled++;
    TokenUsage prompt = TokenUsage.of(call.forecast().estimate().promptTokens(), 0);
    open.put(call, () -> prompt);
  }

  /**
   * The answer has begun.
   *
   * @param soFar prompt and output up to now
   */
  void count(AdmittedCall call, Supplier<TokenUsage> soFar) {
    open.put(call, soFar);
  }

  /** The request was refused after it had taken holds. */
  void release(AdmittedCall call) {
    settlements.settle(call, null, Bill.nothing(Outcome.REFUSED));
  }

  /** The provider that it was to go to instead is not asked after all. */
  void releaseStay(AdmittedCall call) {
    settlements.settleThere(call, call.holdings().leave(), Bill.nothing(Outcome.REFUSED));
  }

  /**
   * The provider that was asked served nothing, and another is to be tried: what is held on limits
   * that go by the provider is settled with what it used.
   *
   * @return completes when the settlement is on its way; never fails
   */
  Future<Void> leaveProvider(AdmittedCall call) {
    if (!call.goesByProvider()) {
      return Future.succeededFuture();
    }
    Stay left = call.holdings().leave();
    return settle(call, left, Bill.nothing(Outcome.UPSTREAM_UNREACHABLE));
  }

  /**
   * The request has ended. Its holds live on until its bill is known, which is at once when there
   * is nothing to estimate.
   *
   * @param end null when the gateway failed
   * @return completes when the settlement is on its way; never fails
   */
  Future<Void> settle(AdmittedCall call, @Nullable Step<Served> end) {
    Bill served = bill(end);
    Tab tab = call.holdings().tab();
    if (end == null && tab.size() == 0) {
      // A fault of ours, of which we do not know how far it let the request come.
      call.holdings().promptRead(call.routed().modelOrBlank());
    }
    return plusPrompts(call, served, tab.models()).compose(bill -> settle(call, served, bill));
  }

  private Future<Void> settle(AdmittedCall call, Bill served, Bill bill) {
    CallNotes notes = call.inbound().notes();
    notes.bill = bill;
    settlements.settle(call, notes.provider, bill);
    Stay there = call.holdings().elsewhere();
    Future<Void> last = there == null ? Future.succeededFuture() : settle(call, there, served);
    return last.onComplete(settled -> closed(call));
  }

  /** What one provider used is its part of the answer, and the prompts that it read in vain. */
  private Future<Void> settle(AdmittedCall call, Stay there, Bill served) {
    return there.limits().isEmpty()
        ? Future.succeededFuture()
        : plusPrompts(call, served, call.holdings().tab().modelsOf(there.holder()))
            .map(
                bill -> {
                  settlements.settleThere(call, there, bill);
                  return null;
                });
  }

  private void closed(AdmittedCall call) {
    open.remove(call);
    if (--unsettled == 0 && allSettled != null) {
      allSettled.tryComplete();
    }
  }

  /** Whether no more requests that would hold tokens can be taken. */
  boolean refusesMore() {
    return settlements.refusesMore();
  }

  /** Completes when what is settled by now survives as much as the configuration asks for. */
  Future<Void> durable() {
    return settlements.durable();
  }

  /** Completes when nothing is open any more; fails when that takes longer. */
  Future<Void> allSettled(Duration limit) {
    if (unsettled == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> settledAll = Promise.promise();
    allSettled = settledAll;
    long timer =
        vertx.setTimer(Math.max(1, limit.toMillis()), late -> settledAll.tryFail("not in time"));
    return settledAll.future().onComplete(end -> vertx.cancelTimer(timer));
  }

  /** Completes when all that is open is settled and confirmed, or that time is over. */
  Future<Void> drain(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    return allSettled(limit)
        .onFailure(late -> log.error("{} requests were not settled in time", unsettled))
        .transform((settled, late) -> settlements.drain(Duration.ofNanos(end - System.nanoTime())));
  }

  Future<Void> close() {
    open.close();
    return settlements.close();
  }

  private static Bill bill(@Nullable Step<Served> end) {
    return switch (end) {
      case null -> Bill.nothing(Outcome.UPSTREAM_BROKEN);
      case Step.Next<Served> served -> served.value().bill();
      case Step.Refused<Served> refused -> Bill.nothing(outcome(refused.refusal()));
    };
  }

  private static Outcome outcome(Refusal refusal) {
    return switch (refusal) {
      case Refusal.ClientGone gone -> Outcome.CLIENT_GONE;
      case Refusal.UpstreamBroken broken -> Outcome.UPSTREAM_BROKEN;
      default -> Outcome.UPSTREAM_UNREACHABLE;
    };
  }

  /** Each provider that was lost has read the prompt; of its answer nothing is known. */
  private static Future<Bill> plusPrompts(AdmittedCall call, Bill bill, List<String> models) {
    if (!call.routed().purpose().isMetered() || !call.inbound().operation().costsTokens()) {
      return Future.succeededFuture(bill);
    }
    Future<Bill> sum = Future.succeededFuture(bill);
    for (String model : models) {
      sum = sum.compose(before -> call.forecast().countPrompt(model).map(before::plusPrompt));
    }
    return sum;
  }
}
