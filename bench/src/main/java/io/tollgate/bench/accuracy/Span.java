package io.tollgate.bench.accuracy;

/** A stretch of time, in milliseconds since 1970. */
record Span(long fromMillis, long toMillis) {
  boolean overlaps(long from, long to) {
    return from <= toMillis && to >= fromMillis;
  }

  long millis() {
    return toMillis - fromMillis;
  }
}
