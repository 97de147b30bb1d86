package io.tollgate.quota;

/**
 * Redis answered, but there is no balance to work with at the key, or not one that takes the
 * change.
 *
 * <p>The message is for an administrator. No stack trace: another program may write anything there
 * at any time.
 */
final class BalanceFault extends RuntimeException {
  private BalanceFault(String message) {
    super(message, null, false, false);
  }

  /**
   * @param error Redis's own words
   */
  static BalanceFault of(String key, String error) {
    if (error.contains("WRONGTYPE")) {
      return new BalanceFault(
          "the value at " + key + " or beside it is of another type than a balance");
    }
    if (error.contains("overflow")) {
      return new BalanceFault(
          "the balance at " + key + " would leave the range of 64-bit integers");
    }
    if (error.contains("not an integer")) {
      return new BalanceFault("the value at " + key + " is not an integer; set the quota anew");
    }
    return new BalanceFault("Redis refused to work on " + key + ": " + error);
  }
}
