package io.tollgate.proxy.service;

import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tells services what requests have used, after their answers and without holding these up. What a
 * service does not take is tried again a few times; what it never takes, and what finds no room to
 * wait, is dropped and counted.
 *
 * <p>Confined to one event loop.
 */
public final class Reports {
  private static final int MOST_UNDER_WAY = 32;
  private static final int MOST_WAITING = 10_000;
  private static final long[] PAUSES_MILLIS = {200, 1_000, 5_000};

  private final Vertx vertx;
  private final LimitService services;
  private final ServiceMetrics metrics;
  private final Deque<Report> waiting = new ArrayDeque<>();
  private int underWay;
  private int pausing;
  private boolean closed;
  private @Nullable Promise<Void> drained;

  /**
   * @param failures how often the service did not take it
   */
  private record Report(Question question, TokenUsage usage, int failures) {}

  public Reports(Vertx vertx, LimitService services, ServiceMetrics metrics) {
    this.vertx = vertx;
    this.services = services;
    this.metrics = metrics;
  }

  /** Returns at once. */
  public void add(Question question, TokenUsage usage) {
    enqueue(new Report(question, usage, 0));
  }

  /** Completes when nothing is left, or that time is over; never fails. */
  public Future<Void> drain(Duration limit) {
    if (isIdle()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    drained = promise;
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), over -> promise.tryComplete());
    return promise.future().onComplete(end -> vertx.cancelTimer(timer));
  }

  /** What is left is dropped. */
  public void close() {
    closed = true;
    waiting.forEach(report -> metrics.dropped(report.question().route()));
    waiting.clear();
  }

  private void enqueue(Report report) {
    if (closed || waiting.size() + pausing >= MOST_WAITING) {
      metrics.dropped(report.question().route());
      return;
    }
    waiting.addLast(report);
    pump();
  }

  private void pump() {
    while (underWay < MOST_UNDER_WAY && !waiting.isEmpty()) {
      Report report = waiting.removeFirst();
      underWay++;
      services
          .tell(report.question(), report.usage())
          .onComplete(status -> answered(report, status), fault -> failed(report));
    }
    if (drained != null && isIdle()) {
      drained.tryComplete();
    }
  }

  private void answered(Report report, int status) {
    if (status == 200) {
      underWay--;
      metrics.sent(report.question().route());
      pump();
    } else if (status == 400) {
      // What it can't read now it will not be able to read later.
      underWay--;
      metrics.dropped(report.question().route());
      pump();
    } else {
      failed(report);
    }
  }

  private void failed(Report report) {
    underWay--;
    if (closed || report.failures() == PAUSES_MILLIS.length) {
      metrics.dropped(report.question().route());
    } else {
      metrics.retried(report.question().route());
      pausing++;
      Report again = new Report(report.question(), report.usage(), report.failures() + 1);
      vertx.setTimer(
          PAUSES_MILLIS[report.failures()],
          timer -> {
            pausing--;
            enqueue(again);
          });
    }
    pump();
  }

  private boolean isIdle() {
    return waiting.isEmpty() && underWay == 0 && pausing == 0;
  }
}
