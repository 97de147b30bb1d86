package io.tollgate.proxy;

import io.tollgate.proxy.journal.Entry;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a recipient who is away from events that fail for reasons of their own: when many different
 * ones have failed and none succeeded meanwhile, he is given growing pauses. Confined to one event
 * loop.
 */
final class Patience {
  static final long MAX_PAUSE_MILLIS = 2000;

  private static final long MIN_PAUSE_MILLIS = 50;
  private static final int MANY = 16;

  private final Vertx vertx;
  private final Runnable goOn;
  private final Set<Entry> failedInRow = new HashSet<>();
  private long pauseMillis;
  private @Nullable Long timer;

  /**
   * @param goOn what to do after a pause
   */
  Patience(Vertx vertx, Runnable goOn) {
    this.vertx = vertx;
    this.goOn = goOn;
  }

  /** Whether the recipient seems to be away, so that one event at a time is enough. */
  boolean isTried() {
    return pauseMillis > 0;
  }

  boolean isPausing() {
    return timer != null;
  }

  void strain(Entry entry) {
    if (failedInRow.size() < MANY) {
      failedInRow.add(entry);
    }
    if (failedInRow.size() == MANY && timer == null) {
      pauseMillis = Math.clamp(pauseMillis * 2, MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
      timer = vertx.setTimer(pauseMillis, over -> resume());
    }
  }

  void restore() {
    failedInRow.clear();
    pauseMillis = 0;
  }

  void close() {
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private void resume() {
    timer = null;
    goOn.run();
  }
}
