package io.tollgate.bench.accuracy;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What has to come true before a run can go on. */
final class Condition {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private Condition() {}

  /**
   * Returns when it is so.
   *
   * @param what it is, for the message when it does not come true
   */
  static void await(String what, BooleanSupplier so) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IOException("waited " + PATIENCE.toSeconds() + " s in vain: " + what);
      }
      Thread.sleep(POLL);
    }
  }
}
