package io.tollgate.contract.config;

import io.tollgate.contract.hold.LimitTerms;
import java.util.List;

/**
 * What a rule allows: all of the windows apply.
 *
 * @param windows each with a label of its own
 * @param schedule other numbers at certain times; the first slot that holds counts
 */
public record Allowance(List<LimitTerms> windows, List<ScheduleSlot> schedule) {
  public Allowance {
    windows = List.copyOf(windows);
    schedule = List.copyOf(schedule);
  }
}
