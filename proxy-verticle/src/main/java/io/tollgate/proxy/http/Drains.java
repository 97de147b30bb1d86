package io.tollgate.proxy.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers that are read on although their clients have left, as their ends say what they cost.
 * Each has its time. Confined to one event loop.
 */
public final class Drains {
  private final Vertx vertx;
  private final Set<Drain> open = new HashSet<>();
  private boolean closed;

  public Drains(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * @param tooLate what to do when the time is over first
   * @return null when none may begin any more
   */
  @Nullable Drain begin(Duration time, Runnable tooLate) {
    return closed ? null : new Drain(time, tooLate);
  }

  /** Ends those that are open, and lets no more begin. */
  public void close() {
    closed = true;
    for (Drain drain : new ArrayList<>(open)) {
      drain.over();
      drain.tooLate.run();
    }
  }

  /** One of them. */
  final class Drain {
    private final Runnable tooLate;
    private final long timer;

    private Drain(Duration time, Runnable tooLate) {
      this.tooLate = tooLate;
      this.timer =
          vertx.setTimer(
              time.toMillis(),
              fired -> {
                over();
                tooLate.run();
              });
      open.add(this);
    }

    /** The answer has ended, however. */
    void over() {
      if (open.remove(this)) {
        vertx.cancelTimer(timer);
      }
    }
  }
}
