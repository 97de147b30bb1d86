package io.tollgate.bench.accuracy;

/** From {@code least} to {@code most} tokens, both included. */
record Range(long least, long most) {
  static final Range NOTHING = new Range(0, 0);

  Range plus(Range other) {
    return new Range(least + other.least, most + other.most);
  }

  /** How far beyond the range a number is: below zero when it is too small, 0 within. */
  long miss(long number) {
    return number < least ? number - least : Math.max(0, number - most);
  }
}
