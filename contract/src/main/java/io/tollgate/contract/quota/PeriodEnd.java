package io.tollgate.contract.quota;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** When a budget's next period begins, as people are told it. */
public final class PeriodEnd {
  private static final long HALF_A_SECOND_MILLIS = 500;

  private PeriodEnd() {}

  /**
   * To the nearest second: what is less comes from clocks and from the time that an answer takes,
   * and would make a midnight the second before it.
   */
  public static Instant after(long millis) {
    return at(Instant.now().plusMillis(millis));
  }

  static Instant at(Instant about) {
    return about.plusMillis(HALF_A_SECOND_MILLIS).truncatedTo(ChronoUnit.SECONDS);
  }
}
