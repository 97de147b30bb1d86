package io.tollgate.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.PeriodEnd;
import org.jspecify.annotations.Nullable;

/**
 * One balance of a budget as the interface shows it, in what the budget counts.
 *
 * @param quota what is left, negative when overdrawn
 * @param available what new requests may hold, the overdraft included; zero and less means none
 * @param resetsAt when the next period begins, in ISO 8601 and whole seconds; null when there is
 *     none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BudgetBalanceView(
    String budget, String value, long quota, long held, long available, @Nullable String resetsAt) {
  static BudgetBalanceView of(Budget budget, Accounts.Balance balance) {
    Long resetMillis = balance.resetMillis();
    return new BudgetBalanceView(
        budget.name(),
        balance.consumer(),
        balance.quota(),
        balance.held(),
        balance.quota() + budget.overdraft() - balance.held(),
        resetMillis == null ? null : PeriodEnd.after(resetMillis).toString());
  }
}
