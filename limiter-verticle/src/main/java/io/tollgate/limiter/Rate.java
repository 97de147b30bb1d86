package io.tollgate.limiter;

import io.tollgate.contract.config.ScheduleSlot;
import io.tollgate.contract.hold.LimitTerms;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an allowance comes to at a moment, and why. Immutable.
 *
 * @param windows with the numbers that are in force
 * @param usual the same windows with the numbers of the rule itself, in the same order
 * @param slot of the schedule that holds; null when none does
 * @param load which part of the numbers a provider's health leaves, 1 for all
 */
record Rate(
    List<LimitTerms> windows, List<LimitTerms> usual, @Nullable ScheduleSlot slot, double load) {
  Rate {
    windows = List.copyOf(windows);
    usual = List.copyOf(usual);
  }

  /** The rule's own numbers. */
  static Rate usual(List<LimitTerms> windows) {
    return new Rate(windows, windows, null, 1);
  }

  /** The numbers of a slot. */
  static Rate during(ScheduleSlot slot, List<LimitTerms> usual) {
    return new Rate(usual.stream().map(window -> during(slot, window)).toList(), usual, slot, 1);
  }

  /** The same under load. */
  Rate scaled(double scale) {
    return scale == 1
        ? this
        : new Rate(
            windows.stream().map(window -> Scale.of(window, scale)).toList(), usual, slot, scale);
  }

  private static LimitTerms during(ScheduleSlot slot, LimitTerms window) {
    Long amount = slot.amounts().get(window.label());
    return amount == null ? Scale.of(window, slot.scale()) : window.withAmount(amount);
  }
}
