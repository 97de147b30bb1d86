package io.tollgate.bench.accuracy;

import org.jspecify.annotations.Nullable;

/**
 * What one call asks for and how it is to go wrong.
 *
 * @param id by which provider, counters and rows know it
 * @param lane the group of callers that it belongs to
 * @param consumer whose key it carries
 * @param asksUsage whether the client itself asks for the usage of a stream
 * @param tokens how many the answer has; null for what the provider would say
 * @param fault what the provider is to do, in its own words; null for none
 * @param leaveAfterEvents after so many pieces of the answer the client leaves; null for never. 0
 *     is when the head has come
 * @param leaveAfterMillis the same by time, before there is any answer
 */
record CallPlan(
    String id,
    String lane,
    String consumer,
    String model,
    String prompt,
    boolean stream,
    boolean asksUsage,
    @Nullable Integer tokens,
    @Nullable String fault,
    @Nullable Integer leaveAfterEvents,
    @Nullable Integer leaveAfterMillis) {
  /** Neither client nor provider does anything but its part. */
  boolean isPlain() {
    return fault == null && !leaves();
  }

  boolean leaves() {
    return leaveAfterEvents != null || leaveAfterMillis != null;
  }
}
