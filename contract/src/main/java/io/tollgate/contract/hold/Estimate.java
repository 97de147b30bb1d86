package io.tollgate.contract.hold;

/** What a request is expected to cost, in tokens, before it is forwarded. */
public record Estimate(long promptTokens, long outputTokens) {
  /** Input plus output, at least one. */
  public long tokens() {
    return Math.max(1, promptTokens + outputTokens);
  }
}
