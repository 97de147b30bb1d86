package io.tollgate.deploy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Looks again until what is expected has come true, as it does without being asked for. */
final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** What is expected. */
  interface Expectation {
    void check() throws Exception;
  }

  private Eventually() {}

  static void that(Expectation expectation) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        expectation.check();
        return;
      } catch (AssertionError notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
