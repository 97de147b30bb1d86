package io.tollgate.limiter;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.ScheduleSlot;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * What is allowed at which time. A slot holds while the clock on the wall of its time zone shows
 * so: an hour that the clock shows twice belongs to it twice, one that it leaves out never.
 *
 * <p>Immutable. The numbers change with the time, the counters do not: what is used is kept.
 */
final class Timetable {
  private record Entry(ScheduleSlot slot, Rate rate) {}

  private final Rate otherwise;
  private final List<Entry> entries;

  Timetable(Allowance allowance) {
    this.otherwise = Rate.usual(allowance.windows());
    this.entries =
        allowance.schedule().stream()
            .map(slot -> new Entry(slot, Rate.during(slot, allowance.windows())))
            .toList();
  }

  /** The windows with the numbers of the first slot that holds, or with their own. */
  Rate at(Instant now) {
    for (Entry entry : entries) {
      if (holds(entry.slot(), now)) {
        return entry.rate();
      }
    }
    return otherwise;
  }

  static boolean holds(ScheduleSlot slot, Instant now) {
    ZonedDateTime there = now.atZone(slot.zone());
    LocalTime time = there.toLocalTime();
    boolean endsNextDay = !slot.from().isBefore(slot.to());
    boolean begunToday =
        slot.days().contains(there.getDayOfWeek())
            && !time.isBefore(slot.from())
            && (endsNextDay || time.isBefore(slot.to()));
    return begunToday
        || (endsNextDay
            && slot.days().contains(there.getDayOfWeek().minus(1))
            && time.isBefore(slot.to()));
  }
}
