package io.tollgate.limiter;

import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;

/**
 * What requests cost on the limiter's own port.
 *
 * @param rules the buckets
 * @param count which of a request's tokens are taken off them
 */
record AsmTariff(AsmRules rules, Count count) {
  static AsmTariff of(LimiterHttp http, AsmNames names) {
    return new AsmTariff(new AsmRules(http.rules(), names), http.count());
  }

  long cost(long prompt, long completion) {
    return count.of(TokenUsage.of(prompt, completion));
  }

  /** Of an update, which may say a sum alone. */
  long cost(UsageReport report) {
    boolean onlySum = report.promptTokens() == 0 && report.completionTokens() == 0;
    return onlySum && count.equals(Count.TOTAL)
        ? report.totalTokens()
        : cost(report.promptTokens(), report.completionTokens());
  }
}
