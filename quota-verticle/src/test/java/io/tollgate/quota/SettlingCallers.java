package io.tollgate.quota;

import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Callers who reserve and settle without a pause. Each settlement is delivered until it is
 * acknowledged, and once more when asked, as the gateway's journal does.
 */
final class SettlingCallers {
  private static final long PAUSE_MILLIS = 50;

  private final Vertx vertx;
  private final Context loop;
  private final QuotaService quota;
  private final String consumer;
  private final Map<String, String> labels;
  private final Map<String, UsageEvent> settled = new ConcurrentHashMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger deliveredAgain = new AtomicInteger();
  private int lastId;
  private volatile boolean running;

  /**
   * @param labels the consumer's
   */
  SettlingCallers(Vertx vertx, QuotaService quota, String consumer, Map<String, String> labels) {
    this.labels = labels;
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.quota = quota;
    this.consumer = consumer;
  }

  void start(int callers) {
    running = true;
    loop.runOnContext(
        start -> {
          for (int i = 0; i < callers; i++) {
            ask();
          }
        });
  }

  void stop() {
    running = false;
  }

  /** How many settlements were acknowledged. */
  int settled() {
    return settled.size();
  }

  /** The sum of their tokens. */
  long used() {
    return settled.values().stream().mapToLong(event -> event.usage().billableTokens()).sum();
  }

  int underWay() {
    return underWay.get();
  }

  int deliveredAgain() {
    return deliveredAgain.get();
  }

  /** Delivers again all that was acknowledged. */
  void deliverAgain() {
    loop.runOnContext(
        start -> {
          deliveredAgain.addAndGet(settled.size());
          settled.values().forEach(this::deliver);
        });
  }

  private void ask() {
    if (!running) {
      return;
    }
    int id = ++lastId;
    quota
        .reserve(
            new ReserveRequest(
                "request-" + id, "metered", consumer, labels, "qwen-max", 0, new Estimate(100, 0)))
        .onComplete(
            answer -> {
              if (answer instanceof Reservation.Reserved reserved) {
                deliver(event("request-" + id, 1 + id % 97, reserved)).onComplete(done -> ask());
              } else {
                vertx.setTimer(PAUSE_MILLIS, timer -> ask());
              }
            },
            failure -> vertx.setTimer(PAUSE_MILLIS, timer -> ask()));
  }

  private Future<Void> deliver(UsageEvent event) {
    underWay.incrementAndGet();
    return quota
        .settle(event)
        .<Void>map(
            acknowledged -> {
              settled.put(event.requestId(), event);
              return null;
            })
        .recover(
            fault ->
                vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).compose(paused -> deliver(event)))
        .eventually(
            () -> {
              underWay.decrementAndGet();
              return Future.succeededFuture();
            });
  }

  private UsageEvent event(String id, long tokens, Reservation.Reserved reserved) {
    return new UsageEvent(
        id,
        System.currentTimeMillis(),
        "metered",
        consumer,
        "qwen-max",
        "aliyun",
        TokenUsage.of(tokens, 0),
        false,
        Outcome.COMPLETED,
        List.of(),
        reserved.holds());
  }
}
