package io.tollgate.proxy.meter;

import java.util.Arrays;

/**
 * The output tokens of the last {@value #SIZE} exact answers, and how many to expect of the next:
 * as many as nine of ten stay within, if the next is of the same kind and there were nine or more.
 */
final class OutputHistory {
  static final int SIZE = 64;
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
    expected = sorted[Math.min(count, (int) Math.ceil(QUANTILE * (count + 1))) - 1];
  }

  /** One of the recent numbers: the largest of fewer than ten, of more nearly so. */
  long expected() {
    return expected;
  }
}
