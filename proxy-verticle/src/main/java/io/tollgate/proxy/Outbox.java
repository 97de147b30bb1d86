package io.tollgate.proxy;

import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.journal.Entry;
import io.tollgate.proxy.journal.LoopJournal;
import io.tollgate.proxy.journal.Recipient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events from the journal to one recipient until he confirms each. An event that fails is
 * tried again by itself, after growing pauses, while the others go on; when many fail and none
 * succeeds, the recipient is taken to be away and asked about one event at a time until he answers.
 *
 * <p>Confined to one event loop.
 */
final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int MAX_IN_FLIGHT = 1024;

  private final Vertx vertx;
  private final Recipient recipient;
  private final Function<UsageEvent, Future<Acknowledged>> delivery;
  private final LoopJournal journal;
  private final ProxyMetrics metrics;
  private final RareLog failures = new RareLog(log);
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Retries retries;
  private final Patience patience;
  private int inFlight;
  private int replacements;
  private @Nullable Promise<Void> drained;

  Outbox(
      Recipient recipient,
      Vertx vertx,
      Function<UsageEvent, Future<Acknowledged>> delivery,
      LoopJournal journal,
      ProxyMetrics metrics) {
    this.vertx = vertx;
    this.recipient = recipient;
    this.delivery = delivery;
    this.journal = journal;
    this.metrics = metrics;
    this.retries = new Retries(vertx, this::pump);
    this.patience = new Patience(vertx, this::pump);
  }

  /** Events that are not confirmed yet. */
  int size() {
    return waiting.size() + retries.size() + inFlight;
  }

  void add(Entry entry) {
    metrics.settlementAdded();
    waiting.addLast(entry);
    pump();
  }

  /** What is confirmed from now on for a delivery that was under way before counts for nothing. */
  void storeReplaced() {
    replacements++;
  }

  /**
   * @return completes when nothing is left, or that time is over
   */
  Future<Void> drain(Duration limit) {
    if (size() == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    drained = promise;
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), over -> promise.tryComplete());
    return promise.future().onComplete(end -> vertx.cancelTimer(timer));
  }

  void close() {
    retries.close();
    patience.close();
    metrics.settlementsLeft(size());
  }

  private void pump() {
    while (inFlight < (patience.isTried() ? 1 : MAX_IN_FLIGHT) && !patience.isPausing()) {
      // Those that never failed first: the others may have failed for reasons of their own.
      Entry entry = waiting.isEmpty() ? retries.nextDue() : waiting.removeFirst();
      if (entry == null) {
        return;
      }
      deliver(entry);
    }
  }

  private void deliver(Entry entry) {
    UsageEvent event = journal.read(entry);
    if (event == null) {
      metrics.settlementDropped();
      confirm(entry);
      return;
    }
    inFlight++;
    int era = replacements;
    delivery
        .apply(event)
        .onComplete(confirmed -> delivered(entry, era), failure -> failed(entry, event, failure));
  }

  private void delivered(Entry entry, int era) {
    inFlight--;
    patience.restore();
    if (era == replacements) {
      retries.forget(entry);
      confirm(entry);
    } else {
      waiting.addLast(entry);
    }
    pump();
    if (drained != null && size() == 0) {
      drained.tryComplete();
    }
  }

  private void confirm(Entry entry) {
    journal.confirm(entry, recipient);
    metrics.settlementConfirmed();
  }

  private void failed(Entry entry, UsageEvent event, Throwable failure) {
    inFlight--;
    metrics.settlementRetried();
    failures.warn(
        "the " + recipient.label() + " did not confirm a settlement: {}",
        failure.getMessage() + ", request " + event.requestId());
    retries.add(entry);
    patience.strain(entry);
    pump();
  }
}
