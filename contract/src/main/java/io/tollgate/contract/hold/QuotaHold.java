package io.tollgate.contract.hold;

import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tokens held on one balance for one request. A hold says what its balance counts, so that it is
 * settled as it was taken, whatever has become of its quota.
 *
 * @param store the id of the Redis that the balance lives in
 * @param key the balance's Redis key, {@code <redis_key_prefix><consumer>} for a route's plain one
 * @param budget the name of the budget, an entry of {@code quotas}; null for a route's plain
 *     balance
 * @param count what is counted of a request
 * @param tokens how many are held, in what is counted; zero when the store was down and nothing is
 *     held
 */
public record QuotaHold(
    String store, String key, @Nullable String budget, Count count, long tokens) {
  public QuotaHold {
    // Journals of earlier releases do not say what is counted.
    count = Objects.requireNonNullElse(count, Count.TOTAL);
  }

  /** On a route's plain balance. */
  public QuotaHold(String store, String key, long tokens) {
    this(store, key, null, Count.TOTAL, tokens);
  }

  /** Whether the store has it; without, the request passed as the store could not be reached. */
  public boolean isInStore() {
    return tokens > 0;
  }

  /** What an open request counts so far: billed should its node die now. */
  public long soFar(TokenUsage usage) {
    return count.of(usage);
  }
}
