package io.tollgate.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import io.tollgate.contract.hold.PeriodBounds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code budget.lua} goes by: numbers, and the calendar's boundaries around now. Thread-safe.
 */
final class BudgetTerms {
  /** Of a plain balance. */
  static final String PLAIN = "";

  /** Of a budget that the configuration does not have, or not any more. */
  static final String UNKNOWN = "-";

  /** A twelfth of the mean year of the Gregorian calendar. */
  private static final long MONTH_MILLIS = 2_629_746_000L;

  private record Text(long fromMillis, long toMillis, String text) {}

  private final Budget budget;
  private final InstantSource clock;
  private volatile @Nullable Text last;

  BudgetTerms(Budget budget, InstantSource clock) {
    this.budget = budget;
    this.clock = clock;
  }

  Budget budget() {
    return budget;
  }

  /** As the script takes them now. */
  String text() {
    long now = clock.millis();
    Text known = last;
    if (known == null || now < known.fromMillis() || now >= known.toMillis()) {
      known = made(now);
      last = known;
    }
    return known.text();
  }

  private Text made(long now) {
    String numbers =
        budget.amount()
            + " "
            + budget.carryOver()
            + " "
            + budget.overdraft()
            + (budget.mode() == LimitMode.SHADOW ? " 1 " : " 0 ");
    Period period = budget.period();
    if (period == null) {
      return new Text(Long.MIN_VALUE, Long.MAX_VALUE, numbers + "0 " + levels());
    }
    if (period.zone() == null) {
      return new Text(Long.MIN_VALUE, Long.MAX_VALUE, numbers + period.millis() + ' ' + levels());
    }
    PeriodBounds bounds = PeriodBounds.around(period, Instant.ofEpochMilli(now));
    long start = bounds.start().toEpochMilli();
    long before = PeriodBounds.around(period, bounds.start().minusMillis(1)).start().toEpochMilli();
    long next = bounds.next().toEpochMilli();
    return new Text(
        start,
        next,
        numbers
            + usualMillis(period)
            + ' '
            + levels()
            + ' '
            + before
            + ' '
            + start
            + ' '
            + next
            + ' '
            + bounds.afterNext().toEpochMilli());
  }

  private String levels() {
    return budget.alerts().isEmpty()
        ? "-"
        : budget.alerts().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static long usualMillis(Period period) {
    return period.unit() == Unit.MONTH ? period.count() * MONTH_MILLIS : period.millis();
  }
}
