package io.tollgate.limiter;

import io.tollgate.contract.config.LoadScaling;
import io.tollgate.contract.config.ScheduleSlot;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Why a limit has other numbers than usual, for people. */
final class RateText {
  private static final int LETTERS_OF_A_DAY = 3;

  private RateText() {}

  /** Empty when it has the usual ones. */
  static String of(Limit limit) {
    if (limit.capacity() == limit.usualCapacity()) {
      return "";
    }
    Rate rate = limit.rate();
    LoadScaling load = limit.block().load();
    List<String> reasons = new ArrayList<>();
    if (rate.slot() != null) {
      reasons.add("schedule: " + of(rate.slot()));
    }
    if (load != null && rate.load() != 1) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "load: %.3g of it, as the provider %s is",
              rate.load(),
              load.provider()));
    }
    return String.join("; ", reasons);
  }

  /** As configurations have it, such as {@code mon-fri 09:00-18:00 Europe/Berlin}. */
  private static String of(ScheduleSlot slot) {
    String end = slot.to().equals(LocalTime.MIDNIGHT) ? "24:00" : slot.to().toString();
    return days(slot.days()) + slot.from() + '-' + end + ' ' + slot.zone().getId();
  }

  /** Empty for all of them. */
  private static String days(Set<DayOfWeek> days) {
    if (days.size() == DayOfWeek.values().length) {
      return "";
    }
    List<String> ranges = new ArrayList<>();
    for (DayOfWeek first : DayOfWeek.values()) {
      if (days.contains(first) && (first == DayOfWeek.MONDAY || !days.contains(first.minus(1)))) {
        DayOfWeek last = first;
        while (last != DayOfWeek.SUNDAY && days.contains(last.plus(1))) {
          last = last.plus(1);
        }
        ranges.add(first == last ? name(first) : name(first) + '-' + name(last));
      }
    }
    return String.join(",", ranges) + ' ';
  }

  private static String name(DayOfWeek day) {
    return day.name().substring(0, LETTERS_OF_A_DAY).toLowerCase(Locale.ROOT);
  }
}
