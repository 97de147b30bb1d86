package io.tollgate.proxy;

import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to one recipient until it confirms each. After a failure it tries with one event
 * at a time and with growing pauses; the first success opens the gates again. An event that fails
 * makes way for those that wait.
 *
 * <p>Bounded, in memory, confined to one event loop.
 */
final class Outbox {
  static final int MAX_EVENTS = 100_000;
  static final long MAX_PAUSE_MILLIS = 2000;

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int MAX_IN_FLIGHT = 1024;
  private static final long MIN_PAUSE_MILLIS = 50;

  private final String recipient;
  private final Vertx vertx;
  private final Function<UsageEvent, Future<Acknowledged>> delivery;
  private final ProxyMetrics metrics;
  private final RareLog failures = new RareLog(log);
  private final Deque<UsageEvent> waiting = new ArrayDeque<>();
  private int inFlight;
  private long pauseMillis;
  private boolean pausing;
  private @Nullable Promise<Void> drained;

  Outbox(
      String recipient,
      Vertx vertx,
      Function<UsageEvent, Future<Acknowledged>> delivery,
      ProxyMetrics metrics) {
    this.recipient = recipient;
    this.vertx = vertx;
    this.delivery = delivery;
    this.metrics = metrics;
  }

  /** Events that are not confirmed yet. */
  int size() {
    return waiting.size() + inFlight;
  }

  void add(UsageEvent event) {
    if (size() >= MAX_EVENTS) {
      metrics.settlementDropped();
      failures.warn(
          "settlement lost, as the " + recipient + " has confirmed none for long: request {}",
          event.requestId());
      return;
    }
    metrics.settlementAdded();
    waiting.addLast(event);
    pump();
  }

  /** Completes when nothing is left, or that time is over. */
  Future<Void> drain(Duration limit) {
    if (size() == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    drained = promise;
    return promise
        .future()
        .timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)
        .onFailure(
            late -> log.error("{} settlements were not confirmed by the {}", size(), recipient))
        .otherwiseEmpty();
  }

  private void pump() {
    int allowed = pauseMillis == 0 ? MAX_IN_FLIGHT : 1;
    while (!pausing && inFlight < allowed && !waiting.isEmpty()) {
      deliver(waiting.removeFirst());
    }
  }

  private void deliver(UsageEvent event) {
    inFlight++;
    delivery.apply(event).onComplete(confirmed -> delivered(), failure -> failed(event, failure));
  }

  private void delivered() {
    inFlight--;
    metrics.settlementConfirmed();
    pauseMillis = 0;
    pump();
    if (drained != null && size() == 0) {
      drained.tryComplete();
    }
  }

  private void failed(UsageEvent event, Throwable failure) {
    inFlight--;
    waiting.addLast(event);
    metrics.settlementRetried();
    failures.warn("the " + recipient + " did not confirm a settlement: {}", failure.getMessage());
    if (!pausing) {
      pauseMillis = Math.clamp(pauseMillis * 2, MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
      pausing = true;
      vertx.setTimer(pauseMillis, timer -> resume());
    }
  }

  private void resume() {
    pausing = false;
    pump();
  }
}
