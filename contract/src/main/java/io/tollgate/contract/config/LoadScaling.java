package io.tollgate.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * A rule's numbers follow the health of a provider: whole while it is well, less the worse it gets,
 * never less than {@code floor} of them.
 *
 * @param latencyMillis to the first byte of an answer, smoothed; null when not looked at
 * @param errorRate errors among its answers, 0 to 1; null when not looked at
 * @param inFlight requests that it is answering; null when not looked at
 * @param floor the least part of the numbers that stays, above 0 and at most 1
 * @param hysteresis by how much the part has to differ before the numbers change
 */
public record LoadScaling(
    String provider,
    @Nullable Ramp latencyMillis,
    @Nullable Ramp errorRate,
    @Nullable Ramp inFlight,
    double floor,
    double hysteresis) {
  /**
   * @param from up to which all is well
   * @param to from which on only the floor stays
   */
  public record Ramp(double from, double to) {}
}
