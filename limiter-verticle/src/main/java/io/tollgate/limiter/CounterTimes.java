package io.tollgate.limiter;

import io.tollgate.contract.hold.Lease;
import java.time.Duration;

/**
 * How long counters remember what.
 *
 * @param lease how long a hold lives without being renewed
 * @param settled ids of settled requests are known for twice as long at least
 * @param billed what a hold was billed whose lease ran out is known for seven times as long at
 *     least
 */
record CounterTimes(Duration lease, Duration settled, Duration billed) {
  static final CounterTimes USUAL =
      new CounterTimes(Lease.LENGTH, Duration.ofMinutes(30), Duration.ofDays(1));
}
