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

  /** Whether a hold taken then still counts. */
  boolean counts(long takenAt, long now);

  /** More is held, or less, by a request admitted then. */
  void hold(long tokens, long takenAt, long now);

  /** More is used by a request admitted then. */
  void use(long tokens, long takenAt, long now);

  /**
   * A request has ended whose hold counts.
   *
   * @param held what it holds no more; 0 where its lease ran out
   * @param counted what it was billed when its lease ran out
   * @param size of its hold, or what it was billed
   * @param whole whether what it counts is rounded up
   * @return what it has counted in all, rounded up
   */
  long end(long held, long counted, long size, long used, long takenAt, long now, boolean whole);

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
