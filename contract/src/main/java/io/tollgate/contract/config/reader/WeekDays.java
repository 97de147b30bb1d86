package io.tollgate.contract.config.reader;

import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Days of the week: {@code mon}, or {@code mon-fri}; {@code fri-mon} goes over the weekend. */
final class WeekDays {
  private static final Map<String, DayOfWeek> DAYS = new LinkedHashMap<>();

  static {
    for (DayOfWeek day : DayOfWeek.values()) {
      DAYS.put(day.name().substring(0, 3).toLowerCase(Locale.ROOT), day);
    }
  }

  private static final String ALLOWED =
      String.join(", ", DAYS.keySet()) + ", or a range such as mon-fri";

  private WeekDays() {}

  /** Every day when nothing is said. */
  static Set<DayOfWeek> read(Value value) {
    if (value.isAbsent()) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    List<Value> entries = value.oneOrMore("a list of " + ALLOWED);
    if (entries.isEmpty()) {
      value.fault("at least one of " + ALLOWED);
    }
    EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    entries.forEach(entry -> days.addAll(range(entry)));
    return days;
  }

  private static Set<DayOfWeek> range(Value entry) {
    String text = entry.text(ALLOWED);
    List<String> ends = List.of(text.split("-", -1));
    DayOfWeek first = DAYS.get(ends.getFirst());
    DayOfWeek last = DAYS.get(ends.getLast());
    if (first == null || last == null || ends.size() > 2) {
      if (!text.isBlank()) {
        entry.fault(ALLOWED + Spelling.didYouMean(text, DAYS.keySet()));
      }
      return Set.of();
    }
    EnumSet<DayOfWeek> days = EnumSet.of(first);
    for (DayOfWeek day = first; day != last; day = day.plus(1)) {
      days.add(day.plus(1));
    }
    return days;
  }
}
