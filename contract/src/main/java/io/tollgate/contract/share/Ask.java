package io.tollgate.contract.share;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import java.util.Objects;
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

  /** The terms of what is known to be a limit. */
  LimitTerms limit() {
    return Objects.requireNonNull(terms, "a balance has no terms");
  }

  /** What may be used and held at once on all nodes; of a balance only the store knows. */
  long whole() {
    return whole(limit());
  }

  static long whole(LimitTerms terms) {
    return terms.amount() == 0 ? 0 : terms.capacity();
  }

  /** What must be left for the request to pass. */
  long needed() {
    return strict ? Math.max(1, estimate) : 1;
  }

  long soFar(TokenUsage usage) {
    return terms == null ? count.of(usage) : terms.soFar(usage);
  }
}
