package io.tollgate.proxy;

import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;

/**
 * What a request is charged.
 *
 * @param estimated whether {@code usage} is our own count
 */
record Bill(TokenUsage usage, boolean estimated, Outcome outcome) {
  /** The same with a prompt on top, of which nobody reported anything. */
  Bill plusPrompt(long tokens) {
    return tokens == 0 ? this : new Bill(usage.plusPrompt(tokens), true, outcome);
  }

  static Bill nothing(Outcome outcome) {
    return new Bill(TokenUsage.NONE, false, outcome);
  }
}
