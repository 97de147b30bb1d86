package io.tollgate.contract.share;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * One limit or balance that a request needs a hold on.
 *
 * @param counter names it, across all stores
 * @param terms of a limit; null for a balance, which has no windows and of which only the store
 *     knows how much there is
 * @param count what is counted
 * @param estimate what the request is expected to count
 * @param strict whether the estimate must fit whole
 */
public record Ask(
    String counter, @Nullable LimitTerms terms, Count count, long estimate, boolean strict) {
  /** A rate limit. */
  public static Ask limit(String counter, LimitTerms terms, long estimate, boolean strict) {
    return new Ask(counter, terms, terms.count(), estimate, strict);
  }

  /** A balance. */
  public static Ask balance(String counter, Count count, long estimate) {
    return new Ask(counter, null, count, estimate, false);
  }

  /** What may be used in a window; null where only the store knows. */
  @Nullable Long capacity() {
    return terms == null ? null : Long.valueOf(terms.capacity());
  }

  long windowMillis() {
    return terms == null ? 0 : terms.period().millis();
  }

  long soFar(TokenUsage usage) {
    return terms == null ? count.of(usage) : terms.soFar(usage);
  }
}
