package io.tollgate.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.quota.BudgetScope;
import org.jspecify.annotations.Nullable;

/**
 * A set of balances: one for each consumer, or of a budget one for each value.
 *
 * @param name as {@link QuotaBlock#account} or {@link BudgetScope#account} makes it
 * @param store the id of the Redis that they live in
 * @param prefix what their keys begin with
 * @param terms null for plain balances
 */
record Account(String name, String store, String prefix, @Nullable BudgetTerms terms) {
  static Account of(QuotaBlock block) {
    return new Account(block.account(), block.store(), block.redisKeyPrefix(), null);
  }

  static Account of(BudgetTerms terms) {
    Budget budget = terms.budget();
    BudgetScope scope = new BudgetScope(budget);
    return new Account(scope.account(), budget.store(), scope.keyPrefix(), terms);
  }

  /** The Redis key of a consumer's balance. */
  String key(String consumer) {
    return prefix + consumer;
  }

  /** As the script takes them. */
  String termsText() {
    return terms == null ? BudgetTerms.PLAIN : terms.text();
  }
}
