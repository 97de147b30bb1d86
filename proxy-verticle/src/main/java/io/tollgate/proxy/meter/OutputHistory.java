package io.tollgate.proxy.meter;

import java.util.Arrays;

/** The output tokens of the last exact answers, and how many to expect of the next. */
final class OutputHistory {
  private static final int SIZE = 64;
  private static final double QUANTILE = 0.9;

  private final long[] recent = new long[SIZE];
  private int count;
  private int next;
  private long expected;

  void add(long outputTokens) {
    recent[next] = outputTokens;
    next = (next + 1) % SIZE;
    count = Math.min(count + 1, SIZE);
    long[] sorted = Arrays.copyOf(recent, count);
    Arrays.sort(sorted);
    expected = sorted[(int) Math.ceil(QUANTILE * count) - 1];
  }

  /** The smallest number that nine of ten recent answers did not exceed. */
  long expected() {
    return expected;
  }
}
