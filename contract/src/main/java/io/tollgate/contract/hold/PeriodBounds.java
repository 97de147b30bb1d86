package io.tollgate.contract.hold;

import io.tollgate.contract.hold.Period.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * A calendar period and the end of the one behind it. Pure arithmetic on the time zone's rules.
 *
 * <p>Months are counted from January 1970, weeks from a Monday, days from 1 January 1970, all by
 * the local date: two weeks or three months begin on the same days for everybody in the zone. What
 * is no longer than a day, in hours or shorter, is counted off from local midnight in time that
 * passes, so that an hour is an hour on days when clocks change; where it does not divide the day
 * the last one is cut short.
 *
 * @param start when the period begins that a moment is in
 * @param next when the one after it begins
 * @param afterNext when the one after that begins
 */
public record PeriodBounds(Instant start, Instant next, Instant afterNext) {
  private static final Duration DAY = Duration.ofDays(1);
  private static final LocalDate FIRST_DAY = LocalDate.EPOCH;
  private static final LocalDate FIRST_MONDAY = LocalDate.of(1970, 1, 5);

  /**
   * The period of the calendar that {@code now} is in.
   *
   * @throws IllegalArgumentException when the period has no time zone, as it begins with its first
   *     use
   */
  public static PeriodBounds around(Period period, Instant now) {
    if (period.zone() == null) {
      throw new IllegalArgumentException("a period without a time zone is in no calendar");
    }
    ZoneId zone = ZoneId.of(period.zone());
    Instant start = startOf(period, zone, now);
    Instant next = endOf(period, zone, start);
    return new PeriodBounds(start, next, endOf(period, zone, next));
  }

  /**
   * When a period ends that begins with its first use: a month later at the same time of the same
   * day, in UTC, or of the month's last day where that comes first.
   */
  public static Instant endOfUse(Period period, Instant begun) {
    return period.unit() == Unit.MONTH
        ? begun.atZone(ZoneOffset.UTC).plusMonths(period.count()).toInstant()
        : begun.plusMillis(period.millis());
  }

  private static Instant startOf(Period period, ZoneId zone, Instant now) {
    if (isPartOfDay(period)) {
      Instant midnight = midnightOf(zone, now);
      long length = period.millis();
      return midnight.plusMillis((now.toEpochMilli() - midnight.toEpochMilli()) / length * length);
    }
    long number = numberOf(period, now.atZone(zone).toLocalDateTime());
    // Clocks that are set back over midnight show the end of a day again when the next has begun.
    while (!begin(period, zone, number + 1).isAfter(now)) {
      number++;
    }
    return begin(period, zone, number);
  }

  /** The end of a period that begins then. */
  private static Instant endOf(Period period, ZoneId zone, Instant start) {
    if (isPartOfDay(period)) {
      Instant end = start.plusMillis(period.millis());
      Instant midnight = firstMomentOf(zone, start.atZone(zone).toLocalDate().plusDays(1));
      return end.isAfter(midnight) && midnight.isAfter(start) ? midnight : end;
    }
    long number = numberOf(period, start.atZone(zone).toLocalDateTime()) + 1;
    // A day that the zone has left out has no length.
    while (!begin(period, zone, number).isAfter(start)) {
      number++;
    }
    return begin(period, zone, number);
  }

  private static boolean isPartOfDay(Period period) {
    return switch (period.unit()) {
      case MILLISECOND, SECOND, MINUTE, HOUR -> period.millis() <= DAY.toMillis();
      case DAY, WEEK, MONTH -> false;
    };
  }

  private static long numberOf(Period period, LocalDateTime local) {
    if (period.unit() == Unit.MONTH) {
      return Math.floorDiv(
          ChronoUnit.MONTHS.between(FIRST_DAY, local.toLocalDate().withDayOfMonth(1)),
          period.count());
    }
    return Math.floorDiv(ChronoUnit.MILLIS.between(first(period), local), period.millis());
  }

  private static Instant begin(Period period, ZoneId zone, long number) {
    if (period.unit() == Unit.MONTH) {
      return firstMomentOf(zone, FIRST_DAY.plusMonths(number * period.count()));
    }
    LocalDateTime local = first(period).plus(number * period.millis(), ChronoUnit.MILLIS);
    boolean isMidnight = local.toLocalTime().toNanoOfDay() == 0;
    return isMidnight
        ? firstMomentOf(zone, local.toLocalDate())
        : ZonedDateTime.of(local, zone).toInstant();
  }

  private static LocalDateTime first(Period period) {
    return (period.unit() == Unit.WEEK ? FIRST_MONDAY : FIRST_DAY).atStartOfDay();
  }

  private static Instant midnightOf(ZoneId zone, Instant now) {
    LocalDate day = now.atZone(zone).toLocalDate();
    Instant tomorrow = firstMomentOf(zone, day.plusDays(1));
    return tomorrow.isAfter(now) ? firstMomentOf(zone, day) : tomorrow;
  }

  private static Instant firstMomentOf(ZoneId zone, LocalDate day) {
    return day.atStartOfDay(zone).toInstant();
  }
}
