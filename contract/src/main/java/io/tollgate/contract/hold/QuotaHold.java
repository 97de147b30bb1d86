package io.tollgate.contract.hold;

/**
 * Tokens held on one balance for one request.
 *
 * @param store the id of the Redis that the balance lives in
 * @param key the balance's Redis key, {@code <redis_key_prefix><consumer>}
 * @param tokens how many are held; zero when the store was down and nothing is held
 */
public record QuotaHold(String store, String key, long tokens) {
  /** Whether the store has it; without, the request passed as the store could not be reached. */
  public boolean isInStore() {
    return tokens > 0;
  }
}
