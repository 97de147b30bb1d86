package io.tollgate.contract.config;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;

/**
 * Hours of certain days at which a rule has other numbers.
 *
 * @param days on which the slot begins
 * @param from included
 * @param to excluded; not after {@code from} for a slot that ends on the next day
 * @param scale what the numbers are multiplied by that are not in {@code amounts}
 * @param amounts numbers by {@link io.tollgate.contract.hold.LimitTerms#label}
 */
public record ScheduleSlot(
    Set<DayOfWeek> days,
    LocalTime from,
    LocalTime to,
    ZoneId zone,
    double scale,
    Map<String, Long> amounts) {
  public ScheduleSlot {
    days = Set.copyOf(days);
    amounts = Map.copyOf(amounts);
  }
}
