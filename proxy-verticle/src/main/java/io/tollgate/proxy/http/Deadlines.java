package io.tollgate.proxy.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Many waits of one length, watched by one timer: cheap enough for every request. They expire a
 * little late: up to a quarter of their length, and never more than a second.
 *
 * <p>Confined to the event loop that created it.
 */
public final class Deadlines implements AutoCloseable {
  private static final long MIN_SWEEP_MILLIS = 20;
  private static final long MAX_SWEEP_MILLIS = 1000;

  private final Vertx vertx;
  private final Duration length;
  private final Set<Wait> waits = new LinkedHashSet<>();
  private final long timer;

  public Deadlines(Vertx vertx, Duration length) {
    this.vertx = vertx;
    this.length = length;
    long sweepMillis = Math.clamp(length.toMillis() / 4, MIN_SWEEP_MILLIS, MAX_SWEEP_MILLIS);
    this.timer = vertx.setPeriodic(sweepMillis, id -> sweep());
  }

  public Duration length() {
    return length;
  }

  /** Runs the action unless the wait is over in time. */
  public Wait begin(Runnable expired) {
    Wait wait = new Wait(System.nanoTime() + length.toNanos(), expired);
    waits.add(wait);
    return wait;
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    waits.clear();
  }

  private void sweep() {
    long now = System.nanoTime();
    while (!waits.isEmpty()) {
      Wait oldest = waits.iterator().next();
      if (oldest.endNanos - now > 0) {
        return;
      }
      waits.remove(oldest);
      oldest.expired.run();
    }
  }

  /** One of them. */
  public final class Wait {
    private final long endNanos;
    private final Runnable expired;

    private Wait(long endNanos, Runnable expired) {
      this.endNanos = endNanos;
      this.expired = expired;
    }

    /** What was waited for has come. Harmless when it is too late. */
    public void over() {
      waits.remove(this);
    }
  }
}
