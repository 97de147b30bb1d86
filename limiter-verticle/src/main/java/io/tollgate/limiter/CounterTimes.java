package io.tollgate.limiter;

import io.tollgate.contract.hold.Lease;
import java.time.Duration;
import java.time.InstantSource;

/**
 * How long counters remember what, and by which clock calendars are read for them.
 *
 * @param lease how long a hold lives without being renewed
 * @param settled ids of settled requests are known for twice as long at least
 * @param billed what a hold was billed whose lease ran out is known for seven times as long at
 *     least
 * @param clock this node's; it only has to be near Redis's own
 */
record CounterTimes(Duration lease, Duration settled, Duration billed, InstantSource clock) {
  static final CounterTimes USUAL =
      new CounterTimes(Lease.LENGTH, Duration.ofMinutes(30), Duration.ofDays(1));

  /** By the system's clock. */
  CounterTimes(Duration lease, Duration settled, Duration billed) {
    this(lease, settled, billed, InstantSource.system());
  }

  /** The same on a node of another clock. */
  CounterTimes by(InstantSource other) {
    return new CounterTimes(lease, settled, billed, other);
  }
}
