package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.PeriodBounds;
import java.time.Duration;
import java.time.Instant;

/** Says to scripts how a counter counts over time, as {@code shapes.lua} describes it. */
final class CounterShape {
  private static final int SLICES = 30;

  private CounterShape() {}

  /**
   * @param now by this node's clock: what calendars make of it only has to be near, as Redis's own
   *     clock decides
   */
  static String of(LimitTerms terms, Instant now) {
    return switch (terms.algorithm()) {
      case FIXED_WINDOW -> window(terms.period(), now);
      case SLIDING_WINDOW -> "s" + period(terms) + ':' + Math.ceilDiv(period(terms), SLICES);
      case TOKEN_BUCKET, LEAKY_BUCKET ->
          "b" + Math.max(1, terms.amount()) + ':' + period(terms) + ':' + terms.capacity();
      case CONCURRENCY -> "c";
    };
  }

  private static String window(Period period, Instant now) {
    if (period.zone() == null) {
      return Long.toString(Duration.between(now, PeriodBounds.endOfUse(period, now)).toMillis());
    }
    PeriodBounds bounds = PeriodBounds.around(period, now);
    return "k"
        + period.millis()
        + ':'
        + bounds.start().toEpochMilli()
        + ':'
        + bounds.next().toEpochMilli()
        + ':'
        + bounds.afterNext().toEpochMilli();
  }

  private static long period(LimitTerms terms) {
    return terms.period().millis();
  }
}
