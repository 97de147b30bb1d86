package io.tollgate.admin;

import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditQuery;
import io.tollgate.contract.quota.AuditTrail;
import io.tollgate.contract.quota.QuotaService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks the quota service about balances, and puts what it says into answers. */
final class AccountDesk {
  /** Beyond the bus's own time limits: nothing a caller waits for is without an end. */
  private static final long TIMEOUT_MILLIS = Duration.ofSeconds(15).toMillis();

  private static final String UNREAD = "the quota service did not answer: ";
  private static final String UNCHANGED =
      "the quota service did not answer, so the change may have been made or not: ";

  private final QuotaService quota;

  AccountDesk(QuotaService quota) {
    this.quota = quota;
  }

  /**
   * @param view makes the body of balances in the order asked for
   */
  Future<Answer> read(AccountQuery query, Function<List<Accounts.Balance>, Object> view) {
    return query.consumers().isEmpty()
        ? Future.succeededFuture(Answer.ok(view.apply(List.of())))
        : in(quota.query(query).map(accounts -> answer(accounts, view)), UNREAD);
  }

  /**
   * @param view makes the body of the balance after the change
   */
  Future<Answer> change(AccountChange change, Function<Accounts.Balance, Object> view) {
    return in(
        quota
            .change(change)
            .map(accounts -> answer(accounts, balances -> view.apply(balances.getFirst()))),
        UNCHANGED);
  }

  Future<Answer> audit(AuditQuery query) {
    return in(quota.audit(query).map(AccountDesk::answer), UNREAD);
  }

  private static Future<Answer> in(Future<Answer> answer, String unanswered) {
    return answer
        .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .otherwise(fault -> Problem.quotaUnavailable(unanswered + fault.getMessage()).answer());
  }

  private static Answer answer(Accounts accounts, Function<List<Accounts.Balance>, Object> view) {
    return switch (accounts) {
      case Accounts.Balances found -> Answer.ok(view.apply(found.balances()));
      case Accounts.NoSuchAccount unknown -> unknown(unknown.account());
      case Accounts.StoreFailed failed -> Problem.quotaUnavailable(failed.reason()).answer();
      case Accounts.Refused refused -> Problem.of(409, "change_refused", refused.reason()).answer();
    };
  }

  private static Answer answer(AuditTrail trail) {
    return switch (trail) {
      case AuditTrail.Entries found ->
          Answer.ok(Map.of("entries", found.entries().stream().map(AuditView::of).toList()));
      case AuditTrail.NoSuchAccount unknown -> unknown(unknown.account());
      case AuditTrail.StoreFailed failed -> Problem.quotaUnavailable(failed.reason()).answer();
    };
  }

  private static Answer unknown(String account) {
    return Problem.quotaUnavailable(
            "the quota service does not know the account "
                + account
                + "; is its configuration the same as here?")
        .answer();
  }
}
