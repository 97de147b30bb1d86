package io.tollgate.proxy.http;

import io.tollgate.contract.quota.PeriodEnd;
import io.tollgate.contract.quota.Reservation.Exhausted;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The refusal of a spent quota as the client is told it. When a budget is refilled may be days
 * away, so that is told in the body, and nobody is asked to try again then.
 */
final class QuotaAnswer {
  private static final Map<String, String> NO_RETRY = Map.of("x-should-retry", "false");

  private QuotaAnswer() {}

  static ErrorAnswer of(Exhausted quota) {
    String budget = quota.budget();
    return budget == null ? plain(quota) : ofBudget(quota, budget);
  }

  /** In the words of Higress. */
  private static ErrorAnswer plain(Exhausted quota) {
    return answer(
        quota.part() == null
            ? "Request denied by ai quota check, No quota left"
            : "Request denied by ai quota check, No quota left of this node's part of %d tokens"
                .formatted(quota.part()),
        facts(quota, null));
  }

  private static ErrorAnswer ofBudget(Exhausted quota, String budget) {
    Map<String, Object> facts = facts(quota, budget);
    String message =
        quota.part() == null
            ? "No quota left in the budget " + budget + "."
            : "No quota left in the budget %s, of this node's part of %d tokens."
                .formatted(budget, quota.part());
    Long resetMillis = quota.resetMillis();
    if (resetMillis != null) {
      Instant reset = PeriodEnd.after(resetMillis);
      facts.put("reset_ms", resetMillis);
      facts.put("resets_at", reset.toString());
      message += " Its next period begins at " + reset + ".";
    }
    return answer(message, facts);
  }

  private static ErrorAnswer answer(String message, Map<String, Object> facts) {
    return new ErrorAnswer(
        403, "insufficient_quota", ErrorType.QUOTA, message, NO_RETRY, facts, null);
  }

  private static Map<String, Object> facts(Exhausted quota, @Nullable String budget) {
    Map<String, Object> facts = new LinkedHashMap<>();
    if (budget != null) {
      facts.put("budget", budget);
    }
    if (quota.consumer() != null) {
      facts.put("consumer", quota.consumer());
    }
    facts.put("quota", quota.balance());
    facts.put("held", quota.held());
    if (quota.overdraft() > 0) {
      facts.put("overdraft", quota.overdraft());
    }
    return facts;
  }
}
