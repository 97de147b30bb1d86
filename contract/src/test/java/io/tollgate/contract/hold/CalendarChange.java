package io.tollgate.contract.hold;

import io.tollgate.contract.hold.Period.Unit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that happens to a calendar: clocks are set, or a month ends. When periods end is worked
 * out by another way than the product's.
 *
 * @param local some hours before it
 */
public record CalendarChange(Unit unit, String zone, LocalDateTime local) {
  /** Periods enough to come past it by the hour. */
  public static final int PERIODS = 6;

  private static final String BERLIN = "Europe/Berlin";
  private static final String NEW_YORK = "America/New_York";

  /** Both changes of two zones and some ends of months, for hours, days, weeks and months. */
  public static Stream<CalendarChange> all() {
    return Stream.of(Unit.HOUR, Unit.DAY, Unit.WEEK, Unit.MONTH)
        .flatMap(
            unit ->
                Stream.concat(
                    of(
                        unit,
                        BERLIN,
                        "2026-03-28T22:30",
                        "2026-10-24T22:30",
                        "2026-01-31T22:30",
                        "2026-02-28T22:30"),
                    of(
                        unit,
                        NEW_YORK,
                        "2026-03-07T22:30",
                        "2026-10-31T22:30",
                        "2028-02-28T22:30",
                        "2026-12-31T22:30")));
  }

  private static Stream<CalendarChange> of(Unit unit, String zone, String... locals) {
    return List.of(locals).stream()
        .map(local -> new CalendarChange(unit, zone, LocalDateTime.parse(local)));
  }

  public Period period() {
    return new Period(1, unit, zone);
  }

  public Instant begin() {
    return local.atZone(ZoneId.of(zone)).toInstant();
  }

  /** When the period ends that the moment is in. */
  public Instant endOf(Instant moment) {
    ZoneId id = ZoneId.of(zone);
    LocalDate day = moment.atZone(id).toLocalDate();
    return switch (unit) {
      case HOUR -> moment.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
      case DAY -> day.plusDays(1).atStartOfDay(id).toInstant();
      case WEEK -> day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).atStartOfDay(id).toInstant();
      case MONTH -> day.with(TemporalAdjusters.firstDayOfNextMonth()).atStartOfDay(id).toInstant();
      default -> throw new IllegalArgumentException(unit.toString());
    };
  }
}
