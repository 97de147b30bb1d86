package io.tollgate.proxy;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warns of what every request meets while something is down, at most once a second. Confined to one
 * event loop.
 */
final class RareLog {
  private static final long INTERVAL_NANOS = 1_000_000_000;

  private final Logger log;
  private long nextNanos = System.nanoTime();
  private long unsaid;

  RareLog(Logger log) {
    this.log = log;
  }

  void warn(String format, @Nullable Object argument) {
    long now = System.nanoTime();
    if (now - nextNanos < 0) {
      unsaid++;
      return;
    }
    log.warn(format + " ({} more since the last such line)", argument, unsaid);
    nextNanos = now + INTERVAL_NANOS;
    unsaid = 0;
  }
}
