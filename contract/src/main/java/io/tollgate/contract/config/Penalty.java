package io.tollgate.contract.config;

import java.time.Duration;

/**
 * A key that goes on after refusals is refused for longer.
 *
 * @param refusals so many within {@code period} bring a penalty
 * @param first how long the first penalty is
 * @param factor how much longer the next one is
 * @param longest the longest that one gets
 * @param forgive how long without a refusal until the next one is a first one again
 */
public record Penalty(
    int refusals,
    Duration period,
    Duration first,
    double factor,
    Duration longest,
    Duration forgive) {}
