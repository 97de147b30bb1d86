package io.tollgate.limiter;

/**
 * How one counter counts over time, said as plainly as possible; times are milliseconds. What the
 * scripts do is tested against it.
 */
interface CounterModel {
  /** What is used and held once that time has come, if nothing happens until then. */
  long countedAt(long time);

  /** Of what is counted now, what the holds are. */
  long heldAt(long time);

  /** Which window a hold counts in that is taken now. */
  default long window(long now) {
    return now;
  }

  /** Whether a hold of that window still counts. */
  boolean counts(long window, long now);

  /** More is held, or less, by a request of that window. */
  void hold(long tokens, long window, long now);

  /** More is used by a request of that window. */
  void use(long tokens, long window, long now);

  /**
   * A request has ended whose hold counts.
   *
   * @param held what it holds no more; 0 where its lease ran out
   * @param counted what it was billed when its lease ran out
   * @param size of its hold, or what it was billed
   * @param whole whether what it counts is rounded up
   * @return what it has counted in all, rounded up
   */
  long end(long held, long counted, long size, long used, long window, long now, boolean whole);

  /** Another program says how much is used. */
  void write(long used, long now);

  /** Another program has deleted the counter: nothing counts that was before. */
  void clear(long now);

  /** In how many milliseconds so much is counted at most. */
  default long wait(long most, long now) {
    long low = 0;
    long high = 1;
    while (countedAt(now + high) > most) {
      high *= 2;
    }
    while (low < high) {
      long middle = (low + high) / 2;
      if (countedAt(now + middle) <= most) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
