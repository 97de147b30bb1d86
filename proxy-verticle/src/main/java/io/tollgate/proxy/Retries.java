package io.tollgate.proxy;

import io.tollgate.proxy.journal.Entry;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Events that failed, each until its own pause is over; the pauses grow with its failures. However
 * many there are, only so many become due at a time. Confined to one event loop.
 */
final class Retries {
  private static final long TICK_MILLIS = 50;
  private static final int MOST_DUE_AT_A_TICK = 64;
  private static final long LONGEST_PAUSE_MILLIS = 2000;

  private record Retry(Entry entry, long dueNanos) implements Comparable<Retry> {
    @Override
    public int compareTo(Retry other) {
      return Long.signum(dueNanos - other.dueNanos);
    }
  }

  private final Vertx vertx;
  private final Runnable whenDue;
  private final Queue<Retry> retries = new PriorityQueue<>();
  private final Map<Entry, Long> pausesMillis = new HashMap<>();
  private int due = MOST_DUE_AT_A_TICK;
  private @Nullable Long timer;

  Retries(Vertx vertx, Runnable whenDue) {
    this.vertx = vertx;
    this.whenDue = whenDue;
  }

  int size() {
    return retries.size();
  }

  void add(Entry entry) {
    long pauseMillis =
        pausesMillis.merge(
            entry, TICK_MILLIS, (last, first) -> Math.min(2 * last, LONGEST_PAUSE_MILLIS));
    retries.add(new Retry(entry, System.nanoTime() + pauseMillis * 1_000_000));
    arm();
  }

  /** Null when there is none for now. */
  @Nullable Entry nextDue() {
    Retry first = retries.peek();
    if (first == null || due == 0 || first.dueNanos() - System.nanoTime() > 0) {
      return null;
    }
    due--;
    retries.remove();
    return first.entry();
  }

  /** It has succeeded. */
  void forget(Entry entry) {
    if (!pausesMillis.isEmpty()) {
      pausesMillis.remove(entry);
    }
  }

  void close() {
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private void arm() {
    if (timer == null) {
      timer = vertx.setTimer(TICK_MILLIS, tick -> tick());
    }
  }

  private void tick() {
    timer = null;
    due = MOST_DUE_AT_A_TICK;
    whenDue.run();
    if (!retries.isEmpty()) {
      arm();
    }
  }
}
