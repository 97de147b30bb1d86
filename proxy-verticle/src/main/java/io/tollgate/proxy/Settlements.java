package io.tollgate.proxy;

import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.share.RequestEnded;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settles requests: whoever holds tokens for one is told what it used, again and again until he has
 * confirmed it. The client never waits for that.
 *
 * <p>Confined to one event loop.
 */
final class Settlements {
  private final Vertx vertx;
  private final InstantSource clock;
  private final Outbox limiter;
  private final Outbox quota;

  Settlements(
      Vertx vertx,
      LimiterService limiter,
      QuotaService quota,
      ProxyMetrics metrics,
      InstantSource clock) {
    this.vertx = vertx;
    this.clock = clock;
    this.limiter = new Outbox("limiter", vertx, limiter::settle, metrics);
    this.quota = new Outbox("quota", vertx, quota::settle, metrics);
  }

  /**
   * @param provider null when none was reached
   */
  void settle(AdmittedCall call, @Nullable String provider, Bill bill) {
    UsageEvent event =
        new UsageEvent(
            call.holder(),
            clock.millis(),
            call.routed().route().name(),
            call.identified().consumer(),
            call.routed().modelOrBlank(),
            provider,
            bill.usage(),
            bill.estimated(),
            bill.outcome(),
            call.limitHolds(),
            call.quotaHolds());
    if (call.goesByParts()) {
      RequestEnded.TOPIC.publish(
          vertx, new RequestEnded(call.holder(), bill.usage().billableTokens()));
    }
    if (!event.limitHolds().isEmpty()) {
      limiter.add(event);
    }
    if (!event.quotaHolds().isEmpty()) {
      quota.add(event);
    }
  }

  /** Completes when all are confirmed, or that time is over. */
  Future<Void> drain(Duration limit) {
    return Future.join(List.of(limiter.drain(limit), quota.drain(limit))).mapEmpty();
  }
}
