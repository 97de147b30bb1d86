package io.tollgate.proxy;

import io.tollgate.contract.explain.BalancesView;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.explain.LimitsView;
import io.tollgate.contract.explain.ServiceView;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.proxy.http.ErrorAnswer;
import io.tollgate.proxy.http.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found out about a request, and what follows from it. */
record Findings(
    Supposed call,
    @Nullable String consumer,
    Map<String, String> labels,
    Estimate estimate,
    LimitsView limits,
    BalancesView balances,
    @Nullable ServiceView service) {
  private static final Explanation.Result PASSES =
      new Explanation.Result(true, 200, "", "The request would pass.", null);
  private static final Explanation.Result PASSES_SO_FAR =
      new Explanation.Result(
          true,
          200,
          "",
          "The request would pass if its limiting service allows it, which was not asked.",
          null);

  /** Of a request that no route takes. */
  static Explanation refused(Refusal refusal) {
    return new Explanation(
        null, null, Map.of(), null, 0, 0, List.of(), List.of(), List.of(), null, result(refusal));
  }

  Explanation explanation() {
    Refusal refusal = new Answers(limits.admission(), balances.reservation()).refusal();
    if (refusal != null) {
      return with(result(refusal));
    }
    return with(service != null && service.concerned() ? PASSES_SO_FAR : PASSES);
  }

  Explanation withRefusal(Refusal refusal) {
    return with(result(refusal));
  }

  private Explanation with(Explanation.Result result) {
    return new Explanation(
        call.route().name(),
        consumer,
        labels,
        call.model(),
        estimate.promptTokens(),
        estimate.outputTokens(),
        limits.limits(),
        limits.idle(),
        balances.balances(),
        service,
        result);
  }

  private static Explanation.Result result(Refusal refusal) {
    ErrorAnswer answer = ErrorAnswer.of(refusal);
    String message = answer.verbatim() == null ? answer.message() : answer.verbatim();
    return new Explanation.Result(
        false, answer.status(), answer.code(), message, retryMillis(refusal));
  }

  /** Where waiting helps. */
  private static @Nullable Long retryMillis(Refusal refusal) {
    if (refusal instanceof Refusal.RateLimited limited) {
      return limited.limit().resetMillis();
    }
    if (refusal instanceof Refusal.LimiterUnavailable down) {
      return down.retryAfterMillis();
    }
    return refusal instanceof Refusal.QuotaUnavailable down ? (Long) down.retryAfterMillis() : null;
  }
}
