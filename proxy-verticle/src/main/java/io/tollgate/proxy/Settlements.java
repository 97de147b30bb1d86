package io.tollgate.proxy;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.share.RequestEnded;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.journal.Entry;
import io.tollgate.proxy.journal.LoopJournal;
import io.tollgate.proxy.journal.Recipient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles requests: what each used goes to the journal, and from there to whoever holds tokens for
 * it, again and again until he has confirmed it.
 *
 * <p>Confined to one event loop.
 */
final class Settlements {
  private static final Logger log = LoggerFactory.getLogger(Settlements.class);

  private final Vertx vertx;
  private final LoopJournal journal;
  private final ProxyMetrics metrics;
  private final InstantSource clock;
  private final Outbox limiter;
  private final Outbox quota;

  Settlements(
      Vertx vertx,
      LimiterService limiter,
      QuotaService quota,
      LoopJournal journal,
      ProxyMetrics metrics,
      InstantSource clock) {
    this.vertx = vertx;
    this.journal = journal;
    this.metrics = metrics;
    this.clock = clock;
    this.limiter = new Outbox(Recipient.LIMITER, vertx, limiter::settle, journal, metrics);
    this.quota = new Outbox(Recipient.QUOTA, vertx, quota::settle, journal, metrics);
    journal.begin(this::deliver);
  }

  /**
   * Settles what a request holds under its own id. When this returns, the event survives the
   * process.
   *
   * @param provider null when none was reached
   */
  void settle(AdmittedCall call, @Nullable String provider, Bill bill) {
    Holdings holdings = call.holdings();
    List<LimitHold> limitHolds = holdings.limitHolds();
    if (call.goesByParts(limitHolds, holdings.quotaHolds())) {
      RequestEnded.TOPIC.publish(vertx, new RequestEnded(holdings.holder(), bill.usage()));
    }
    settle(call, holdings.holder(), provider, bill, limitHolds, holdings.quotaHolds());
  }

  /** Settles what a request held on the limits of one of the providers that it went to. */
  void settleThere(AdmittedCall call, Stay there, Bill bill) {
    List<LimitHold> limitHolds = there.limitHolds();
    // Parts are kept by holder: those of the first one end with the request's other holds.
    boolean isFirst = there.holder().equals(call.holdings().holder());
    if (!isFirst && call.goesByParts(limitHolds, List.of())) {
      RequestEnded.TOPIC.publish(vertx, new RequestEnded(there.holder(), bill.usage()));
    }
    settle(call, there.holder(), there.provider(), bill, limitHolds, List.of());
  }

  private void settle(
      AdmittedCall call,
      String holder,
      @Nullable String provider,
      Bill bill,
      List<LimitHold> limitHolds,
      List<QuotaHold> quotaHolds) {
    if (limitHolds.isEmpty() && quotaHolds.isEmpty()) {
      return;
    }
    UsageEvent event =
        new UsageEvent(
            holder,
            clock.millis(),
            call.routed().route().name(),
            call.identified().consumer(),
            call.routed().modelOrBlank(),
            provider,
            bill.usage(),
            bill.estimated(),
            bill.outcome(),
            limitHolds,
            quotaHolds);
    Entry entry = journal.append(event);
    if (entry == null) {
      metrics.settlementDropped();
      log.error(
          "there is no room for what request {} used, neither on disk nor in memory: it is lost",
          event.requestId());
      return;
    }
    for (Recipient recipient : Recipient.values()) {
      if (entry.awaits(recipient)) {
        deliver(entry, recipient);
      }
    }
  }

  /** Whether there is no room for more, and requests are not to be taken then. */
  boolean refusesMore() {
    return journal.refusesMore();
  }

  /** Completes when what is settled by now survives as much as the configuration asks for. */
  Future<Void> durable() {
    return journal.durable();
  }

  /** Another server answers for that store, which may have forgotten what was confirmed. */
  void storeReplaced(String store) {
    limiter.storeReplaced();
    quota.storeReplaced();
    journal.reopen(store);
  }

  /** Completes when all are confirmed, or that time is over. */
  Future<Void> drain(Duration limit) {
    return Future.join(List.of(limiter.drain(limit), quota.drain(limit))).mapEmpty();
  }

  /** What is not confirmed stays in the journal. */
  Future<Void> close() {
    limiter.close();
    quota.close();
    return journal.close();
  }

  private void deliver(Entry entry, Recipient to) {
    switch (to) {
      case LIMITER -> limiter.add(entry);
      case QUOTA -> quota.add(entry);
    }
  }
}
