package io.tollgate.contract.tokens;

import org.jspecify.annotations.Nullable;

/**
 * What a request is expected to cost, in tokens, before it is forwarded.
 *
 * @param mostOutput the most output that it may bring, all choices together, as the request says;
 *     null when it does not
 */
public record Estimate(long promptTokens, long outputTokens, @Nullable Long mostOutput) {
  /** Of a request that says nothing of its longest answer. */
  public Estimate(long promptTokens, long outputTokens) {
    this(promptTokens, outputTokens, null);
  }

  /** Input plus output, at least one. */
  public long tokens() {
    return Math.max(1, promptTokens + outputTokens);
  }
}
