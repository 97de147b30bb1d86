package io.tollgate.contract.alert;

import java.util.List;

/** Which levels are reached. Levels are in rising order. */
public final class Levels {
  private Levels() {}

  /**
   * The levels that so much of a limit reaches, in rising order.
   *
   * @param levels in percent
   */
  public static List<Integer> reached(List<Integer> levels, long used, long limit) {
    int count = 0;
    while (count < levels.size() && isReached(levels.get(count), used, limit)) {
      count++;
    }
    return levels.subList(0, count);
  }

  /** Exact as long as a double is: amounts are below 2^53. */
  private static boolean isReached(int level, long used, long limit) {
    return limit > 0 && (double) used * 100 >= (double) limit * level;
  }
}
