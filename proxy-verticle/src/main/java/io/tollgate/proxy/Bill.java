package io.tollgate.proxy;

import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.TokenUsage;

/**
 * What a request is charged.
 *
 * @param estimated whether {@code usage} is our own count
 */
record Bill(TokenUsage usage, boolean estimated, Outcome outcome) {
  static Bill nothing(Outcome outcome) {
    return new Bill(TokenUsage.NONE, false, outcome);
  }
}
