package io.tollgate.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What takes load.
 *
 * @param port on loopback
 * @param gateway whose CPU time is measured; null for the upstream without any gateway
 * @param workersInChildren whether the work is done in processes that {@code gateway} started
 */
record Target(String name, int port, @Nullable Child gateway, boolean workersInChildren) {
  /** CPU time so far of the gateway alone. */
  Duration gatewayCpu() {
    if (gateway == null) {
      return Duration.ZERO;
    }
    return workersInChildren ? gateway.cpu().plus(gateway.descendantsCpu()) : gateway.cpu();
  }

  /** CPU time so far of the store that the gateway runs for itself. */
  Duration storeCpu() {
    return gateway == null || workersInChildren ? Duration.ZERO : gateway.descendantsCpu();
  }
}
