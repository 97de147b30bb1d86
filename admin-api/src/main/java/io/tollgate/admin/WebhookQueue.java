package io.tollgate.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.alert.AlertService;
import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts that wait for the webhook: a few are posted at once, each as often as it takes and the
 * configuration allows, with growing pauses. When too many wait, the oldest is dropped. Used on one
 * event loop.
 */
final class WebhookQueue implements AlertService {
  static final int MOST_WAITING = 1000;

  private static final int MOST_AT_ONCE = 4;

  /** An alert that comes again, as its raiser had no answer in time, is posted once. */
  private static final int MOST_KNOWN = 10_000;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(WebhookQueue.class);

  private final Vertx vertx;
  private final WebhookClient client;
  private final int attempts;
  private final Duration firstPause;
  private final Deque<Alert> waiting = new ArrayDeque<>();
  private final Set<Promise<Void>> pauses = new HashSet<>();
  private final Set<String> known =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST_KNOWN;
            }
          });
  private final Promise<Void> drained = Promise.promise();
  private final AtomicInteger unposted = new AtomicInteger();
  private final Counter delivered;
  private final Counter failed;
  private final Counter dropped;
  private int posting;
  private boolean closing;

  /**
   * @param attempts the most for one alert
   * @param firstPause before the second attempt; each one after that is twice as long
   */
  WebhookQueue(
      Vertx vertx, WebhookClient client, int attempts, Duration firstPause, MeterRegistry meters) {
    this.vertx = vertx;
    this.client = client;
    this.attempts = attempts;
    this.firstPause = firstPause;
    this.delivered = counter("delivered", meters);
    this.failed = counter("failed", meters);
    this.dropped = counter("dropped", meters);
    Gauge.builder("tollgate.webhook.waiting", unposted, AtomicInteger::get)
        .description("Alerts that are not posted yet")
        .register(meters);
  }

  @Override
  public Future<Acknowledged> raise(Alert alert) {
    if (known.add(alert.id())) {
      if (waiting.size() >= MOST_WAITING) {
        waiting.removeFirst();
        dropped.increment();
        unposted.decrementAndGet();
      }
      waiting.addLast(alert);
      unposted.incrementAndGet();
      next();
    }
    return Future.succeededFuture(Acknowledged.YES);
  }

  /**
   * Posts what is waiting, without pauses and each once more, and gives up what is left after the
   * limit.
   */
  Future<Void> close(Duration limit) {
    closing = true;
    Set.copyOf(pauses).forEach(Promise::tryComplete);
    next();
    long timer =
        vertx.setTimer(Math.max(1, limit.toMillis()), late -> drained.tryFail("not in time"));
    return drained
        .future()
        .onComplete(end -> vertx.cancelTimer(timer))
        .onFailure(late -> log.warn("{} alerts are not posted, as the node ends", unposted.get()))
        .otherwiseEmpty()
        .eventually(client::close);
  }

  /** Whether an alert waits for its next attempt. */
  boolean isPausing() {
    return !pauses.isEmpty();
  }

  private void next() {
    while (posting < MOST_AT_ONCE && !waiting.isEmpty()) {
      posting++;
      Alert alert = waiting.removeFirst();
      post(alert, 1)
          .onComplete(
              outcome -> {
                posting--;
                unposted.decrementAndGet();
                next();
              });
    }
    if (closing && posting == 0) {
      drained.tryComplete();
    }
  }

  private Future<Void> post(Alert alert, int attempt) {
    return client
        .post(alert)
        .compose(
            outcome -> {
              if (outcome == WebhookClient.Outcome.DELIVERED) {
                delivered.increment();
                return Future.succeededFuture();
              }
              boolean isLast = attempt >= attempts || closing;
              if (outcome == WebhookClient.Outcome.AWAY && !isLast) {
                return pause(attempt).compose(over -> post(alert, attempt + 1));
              }
              failed.increment();
              log.warn(
                  "alert {} of {} is not posted: the webhook {} after {} attempts",
                  alert.id(),
                  alert.rule(),
                  outcome == WebhookClient.Outcome.AWAY ? "does not take it" : "refuses it",
                  attempt);
              return Future.succeededFuture();
            });
  }

  private Future<Void> pause(int attempt) {
    long millis =
        Math.min(LONGEST_PAUSE.toMillis(), firstPause.toMillis() << Math.min(attempt - 1, 20));
    Promise<Void> pause = Promise.promise();
    pauses.add(pause);
    long timer = vertx.setTimer(Math.max(1, millis), over -> pause.tryComplete());
    return pause
        .future()
        .onComplete(
            over -> {
              pauses.remove(pause);
              vertx.cancelTimer(timer);
            });
  }

  private static Counter counter(String outcome, MeterRegistry meters) {
    return Counter.builder("tollgate.webhook.alerts")
        .description("Alerts by what became of posting them")
        .tag("outcome", outcome)
        .register(meters);
  }
}
