package io.tollgate.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.Count;
import org.jspecify.annotations.Nullable;

/**
 * One balance that a request needs room in.
 *
 * @param value whose balance of the account
 * @param estimate what the request is expected to count
 */
record Claim(Account account, String value, Count count, long estimate, FailPolicy fail) {
  static Claim plain(QuotaBlock block, String consumer, ReserveRequest request) {
    return new Claim(
        Account.of(block), consumer, Count.TOTAL, request.estimate().tokens(), block.fail());
  }

  static Claim budget(Account account, Budget budget, String value, ReserveRequest request) {
    return new Claim(
        account,
        value,
        budget.count(),
        budget.count().of(request.estimate()),
        budget.withoutStore());
  }

  String key() {
    return account.key(value);
  }

  String store() {
    return account.store();
  }

  /** Null for a route's plain balance. */
  @Nullable Budget budget() {
    BudgetTerms terms = account.terms();
    return terms == null ? null : terms.budget();
  }

  /** The budget's name; null for a route's plain balance. */
  @Nullable String budgetName() {
    Budget budget = budget();
    return budget == null ? null : budget.name();
  }

  long overdraft() {
    Budget budget = budget();
    return budget == null ? 0 : budget.overdraft();
  }

  boolean isShadow() {
    Budget budget = budget();
    return budget != null && budget.mode() == LimitMode.SHADOW;
  }

  boolean stopsStreams() {
    Budget budget = budget();
    return budget != null
        && budget.onExhausted() == OnExhausted.STOP
        && budget.mode() == LimitMode.ENFORCE;
  }

  Entry entry(String requestId) {
    return Entry.reserve(key(), requestId, estimate).on(account.termsText());
  }

  QuotaHold hold(long tokens) {
    return new QuotaHold(store(), key(), budgetName(), count, tokens);
  }
}
