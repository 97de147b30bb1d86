package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ScheduleSlot;
import io.tollgate.contract.hold.LimitTerms;
import java.util.List;

/** {@code schedule} of a limit key or global threshold: other numbers at certain times. */
final class ScheduleReader {
  private ScheduleReader() {}

  /**
   * @param windows what the slots give other numbers to
   */
  static List<ScheduleSlot> read(Value value, List<LimitTerms> windows) {
    if (!value.isAbsent()) {
      value.fault("a key that this version of Tollgate does not serve", "nothing");
    }
    return List.of();
  }
}
