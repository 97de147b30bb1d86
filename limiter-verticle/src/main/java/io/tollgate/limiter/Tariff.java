package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import java.time.InstantSource;

/** What is allowed now: by the hour, and by the health of a provider. Thread-safe. */
record Tariff(InstantSource clock, LoadScales loads) {
  /** One of the block's allowances with the numbers that are in force. */
  Rate now(LimitBlock block, Timetable timetable) {
    Rate byTheHour = timetable.at(clock.instant());
    return block.load() == null
        ? byTheHour
        : byTheHour.scaled(loads.inForce(block.ruleName(), block.load()));
  }
}
