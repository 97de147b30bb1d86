package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.LimitTerms;
import java.time.InstantSource;
import java.util.List;

/** What is allowed now: by the hour, and by the health of a provider. Thread-safe. */
record Tariff(InstantSource clock, LoadScales loads) {
  /** The windows of one of the block's allowances with the numbers that are in force. */
  List<LimitTerms> now(LimitBlock block, Timetable timetable) {
    List<LimitTerms> windows = timetable.at(clock.instant());
    if (block.load() == null) {
      return windows;
    }
    double scale = loads.inForce(block.ruleName(), block.load());
    return scale == 1 ? windows : windows.stream().map(window -> Scale.of(window, scale)).toList();
  }
}
