package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.StoreReplaced;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.store.TestRedis;
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

  private void start(int callers) {
    running = true;
    loop.runOnContext(
        start -> {
          for (int i = 0; i < callers; i++) {
            ask();
          }
        });
  }

  private void stop() {
    running = false;
  }

  /** How many settlements were acknowledged. */
  private int settled() {
    return settled.size();
  }

  /** The sum of their tokens. */
  long used() {
    return settled.values().stream().mapToLong(event -> event.usage().billableTokens()).sum();
  }

  private int underWay() {
    return underWay.get();
  }

  private int deliveredAgain() {
    return deliveredAgain.get();
  }

  /** Delivers again all that was acknowledged. */
  private void deliverAgain() {
    loop.runOnContext(
        start -> {
          deliveredAgain.addAndGet(settled.size());
          settled.values().forEach(this::deliver);
        });
  }

  /**
   * Settles until a master is gone whose replica has not heard its last, then delivers again, as
   * gateways do, settles some more, and stops.
   *
   * @param key a balance on that master, by which the test knows what the replica has heard
   * @param atFirst what the balance was
   */
  void surviveFailover(TestRedis master, TestRedis replica, String key, long atFirst)
      throws Exception {
    StoreReplaced.TOPIC.subscribe(vertx, replaced -> deliverAgain());
    start(20);
    TestRedis.await("no load", () -> settled() > 300);
    // From now on the replica hears nothing, and can't come back.
    master.ask("CONFIG", "SET", "requirepass", "nobody-knows");
    master.askAfter("AUTH nobody-knows", "CLIENT", "KILL", "TYPE", "replica");
    int before = settled();
    TestRedis.await("no load", () -> settled() > before + 100);
    long replicated = atFirst - Long.parseLong(replica.askAfter("READONLY", "GET", key));
    assertThat(used()).as("tokens confirmed by the master").isGreaterThan(replicated);
    master.kill();

    TestRedis.await("nobody heard of the failover", () -> deliveredAgain() > 0);
    int after = settled();
    TestRedis.await("no load after it", () -> settled() > after + 300);
    stop();
    TestRedis.await("settlements wait", () -> underWay() == 0);
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
