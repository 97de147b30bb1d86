package io.tollgate.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** For what several event loops could do and one of them should, now and then. Thread-safe. */
public final class Turn {
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  /** Whether it is the caller's turn; true once in an interval. */
  public boolean take(Duration interval) {
    long now = System.nanoTime();
    long due = next.get();
    return now - due >= 0 && next.compareAndSet(due, now + interval.toNanos());
  }
}
