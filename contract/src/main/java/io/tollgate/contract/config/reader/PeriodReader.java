package io.tollgate.contract.config.reader;

import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code per}: a unit of the calendar, or any other time. */
final class PeriodReader {
  /** By the word for one of them. */
  static final Map<String, Unit> UNITS = new LinkedHashMap<>();

  static {
    for (Unit unit :
        List.of(Unit.SECOND, Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.WEEK, Unit.MONTH)) {
      UNITS.put(unit.label(), unit);
    }
  }

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Duration DAY = Duration.ofDays(1);

  private PeriodReader() {}

  /**
   * @param zone in whose calendar periods begin; null when they begin with their first use
   */
  static Period read(Value value, @Nullable String zone) {
    Unit unit = UNITS.get(value.node().asText());
    if (value.node().isTextual() && unit != null) {
      return of(unit, zone);
    }
    if (!value.node().isTextual() || !value.node().textValue().matches("\\d{1,9}(ms|s|m|h)")) {
      value.fault(
          String.join(", ", UNITS.keySet())
              + ", or a time such as 90s, 15m or 6h"
              + Spelling.didYouMean(value.node().asText(), UNITS.keySet()));
      return of(Unit.MINUTE, zone);
    }
    Duration length = value.duration(SHORTEST, LONGEST, Duration.ofMinutes(1));
    return zone == null ? Period.of(length) : inCalendar(value, length, zone);
  }

  /** One of the unit; where its length is always the same, as so many seconds. */
  static Period of(Unit unit, @Nullable String zone) {
    Period period = new Period(1, unit, zone);
    return zone == null && unit != Unit.MONTH ? Period.ofSeconds(period.millis() / 1000) : period;
  }

  private static Period inCalendar(Value value, Duration length, String zone) {
    if (DAY.toMillis() % length.toMillis() != 0 || length.toMillis() % 1000 != 0) {
      value.fault(
          value.found() + " by the calendar, into which a day does not divide evenly",
          String.join(", ", UNITS.keySet())
              + ", whole seconds that divide a day evenly, such as 15m or 6h, or anchor: first_use");
      return of(Unit.MINUTE, zone);
    }
    long seconds = length.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds == DAY.toSeconds()
          ? of(Unit.DAY, zone)
          : new Period(seconds / 3600, Unit.HOUR, zone);
    }
    return seconds % 60 == 0
        ? new Period(seconds / 60, Unit.MINUTE, zone)
        : new Period(seconds, Unit.SECOND, zone);
  }
}
