package io.tollgate.quota;

/**
 * Redis answered, but there is no balance to work with at the key, or not one that takes the
 * change.
 *
 * <p>The message is for an administrator. No stack trace: another program may write anything there
 * at any time.
 */
final class BalanceFault extends RuntimeException {
  private static final String REFUSED = "REFUSED ";

  private final boolean refusal;

  private BalanceFault(String message) {
    this(message, false);
  }

  private BalanceFault(String message, boolean refusal) {
    super(message, null, false, false);
    this.refusal = refusal;
  }

  /**
   * @param error Redis's own words
   */
  static BalanceFault of(String key, String error) {
    if (error.startsWith(REFUSED)) {
      return new BalanceFault(error.substring(REFUSED.length()), true);
    }
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
    if (error.contains("state of the budget")) {
      return new BalanceFault("the value at {" + key + "}:budget is not what Tollgate wrote there");
    }
    return new BalanceFault("Redis refused to work on " + key + ": " + error);
  }

  /** Whether the change itself is one that can't be made, and the balance is as it should be. */
  boolean isRefusal() {
    return refusal;
  }
}
