package io.tollgate.contract.hold;

/**
 * Tokens held on one counter for one request.
 *
 * @param store the id of the Redis that the counter lives in
 * @param terms what it was taken on
 * @param window identifies the window that the hold was taken in; empty when the store was down and
 *     nothing is held
 * @param tokens how many are held
 */
public record LimitHold(String store, LimitKey key, LimitTerms terms, String window, long tokens) {
  /** Whether the store has it; without, the request passed as the store could not be reached. */
  public boolean isInStore() {
    return !window.isEmpty();
  }
}
