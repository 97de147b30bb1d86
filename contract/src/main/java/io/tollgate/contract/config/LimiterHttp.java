package io.tollgate.contract.config;

import io.tollgate.contract.tokens.Count;
import java.util.List;

/**
 * The limiter's own port, which speaks the interface of Alibaba ASM's limiting service.
 *
 * @param rules in order; the first whose expression is found in a key applies to it
 * @param count which of a request's tokens are taken off its balances
 * @param store the id of its Redis
 */
public record LimiterHttp(Listen listen, List<Rule> rules, Count count, String store) {
  public LimiterHttp {
    rules = List.copyOf(rules);
  }

  /**
   * An entry of {@code RATE_LIMIT_CONFIG}.
   *
   * @param keyExpression RE2, found anywhere in a key
   * @param tokensPerFill added in each interval, and the first balance
   * @param maxTokens the most that filling leads to
   * @param expirySeconds how long an unused balance is kept
   */
  public record Rule(
      String keyExpression,
      long fillIntervalSeconds,
      long tokensPerFill,
      long maxTokens,
      long expirySeconds) {}
}
