package io.tollgate.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Durations up to a minute, to three digits. Used on one thread at a time. */
final class Latencies {
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  private final Histogram histogram = new Histogram(LONGEST_NANOS, 3);

  void add(long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  long micros(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1000;
  }
}
