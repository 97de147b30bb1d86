package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ScheduleSlot;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code schedule} of a limit key or global threshold: other numbers at certain times. */
final class ScheduleReader {
  private static final String SLOT = "a section with days, from, to, and scale or other numbers";
  private static final String TIME = "a time of day such as \"09:00\", in quotes";
  private static final Pattern TIME_FORM = Pattern.compile("([01]\\d|2[0-3]):[0-5]\\d");
  private static final String MIDNIGHT_AT_THE_END = "24:00";
  private static final double LEAST_SCALE = 0.001;
  private static final double MOST_SCALE = 1000;

  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Set<String> ambiguous = new LinkedHashSet<>();

  private ScheduleReader(List<LimitTerms> windows) {
    for (LimitTerms window : windows) {
      String name = nameOf(window);
      if (labels.putIfAbsent(name, window.label()) != null) {
        ambiguous.add(name);
      }
    }
  }

  /**
   * @param windows what the slots give other numbers to
   */
  static List<ScheduleSlot> read(Value value, List<LimitTerms> windows) {
    ScheduleReader reader = new ScheduleReader(windows);
    List<ScheduleSlot> slots = new ArrayList<>();
    for (Value entry : value.list("a list of slots, each " + SLOT, List.of())) {
      if (slots.stream().anyMatch(ScheduleReader::holdsAlways)) {
        entry.fault("a slot after one that always holds", "the slot that always holds last");
      }
      slots.add(reader.slot(entry));
    }
    return slots;
  }

  private ScheduleSlot slot(Value value) {
    try (Section slot = Section.required(value, SLOT)) {
      Value first = slot.value("from");
      Value last = slot.value("to");
      LocalTime from = first.isAbsent() ? LocalTime.MIN : time(first, false);
      LocalTime to = last.isAbsent() ? LocalTime.MIN : time(last, true);
      if (!first.isAbsent() && !last.isAbsent() && first.node().equals(last.node())) {
        slot.fault("from and to the same", "two times, or none for the whole day");
      }
      Value zone = slot.value("time_zone");
      Value scale = slot.value("scale");
      Map<String, Long> amounts = amounts(slot);
      if (scale.isAbsent() && amounts.isEmpty() && value.node().isObject()) {
        slot.fault("a slot that changes nothing", String.join(", ", labels.keySet()) + ", scale");
      }
      return new ScheduleSlot(
          WeekDays.read(slot.value("days")),
          from,
          to,
          ZoneId.of(zone.isAbsent() ? TimeZones.UTC : TimeZones.read(zone)),
          scale.decimal(LEAST_SCALE, MOST_SCALE, 1),
          amounts);
    }
  }

  private Map<String, Long> amounts(Section slot) {
    Map<String, Long> amounts = new HashMap<>();
    labels.forEach(
        (name, label) -> {
          if (slot.has(name)) {
            amounts.put(label, slot.value(name).number(1, LimitWindowReader.MOST_TOKENS));
          }
        });
    ambiguous.stream()
        .filter(slot::has)
        .forEach(name -> slot.value(name).fault("which of several windows is meant", "scale"));
    for (Period.Unit unit : Period.Unit.values()) {
      refuseOther(slot, "token_per_" + unit.label());
      refuseOther(slot, "request_per_" + unit.label());
    }
    refuseOther(slot, "concurrent_requests");
    return amounts;
  }

  private void refuseOther(Section slot, String name) {
    if (slot.has(name) && !labels.containsKey(name)) {
      slot.value(name)
          .fault(
              "a window that the entry does not have",
              String.join(", ", labels.keySet()) + " or scale");
    }
  }

  /** As the entry names it; a window of some other length has no name that could stand here. */
  private static String nameOf(LimitTerms window) {
    if (window.algorithm() == Algorithm.CONCURRENCY) {
      return "concurrent_requests";
    }
    String counted = window.count().equals(Count.REQUESTS) ? "request_per_" : "token_per_";
    for (Period.Unit unit : Period.Unit.values()) {
      if (new Period(1, unit, null).label().equals(window.period().label())) {
        return counted + unit.label();
      }
    }
    return counted + window.period().label();
  }

  private static LocalTime time(Value value, boolean isEnd) {
    if (isEnd && value.node().asText().equals(MIDNIGHT_AT_THE_END)) {
      return LocalTime.MIDNIGHT;
    }
    String text = value.text(TIME_FORM, isEnd ? TIME + ", or \"24:00\"" : TIME);
    return TIME_FORM.matcher(text).matches() ? LocalTime.parse(text) : LocalTime.MIN;
  }

  private static boolean holdsAlways(ScheduleSlot slot) {
    return slot.from().equals(slot.to()) && slot.days().containsAll(EnumSet.allOf(DayOfWeek.class));
  }
}
