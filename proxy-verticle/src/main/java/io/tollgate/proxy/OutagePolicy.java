package io.tollgate.proxy;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.BudgetScope;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is answered in place of the limiter or the quota while it can't be asked. */
final class OutagePolicy {
  private static final Logger log = LoggerFactory.getLogger(OutagePolicy.class);
  private static final long RETRY_AFTER_MILLIS = 1000;

  private final ProxyMetrics metrics;
  private final RareLog outages = new RareLog(log);

  OutagePolicy(ProxyMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * The request passes when all of the route's limits fail open. Without a limiter nobody keeps a
   * part of them, so those that are to be shared refuse.
   */
  Admission ofLimiter(RouteConfig route, Throwable fault) {
    for (LimitBlock block : route.limits()) {
      if (block.fail() != FailPolicy.OPEN) {
        outages.warn("requests are refused, as no limiter answers: {}", fault.getMessage());
        return new Admission.Unavailable(block.ruleName(), RETRY_AFTER_MILLIS);
      }
    }
    outages.warn("requests pass unlimited, as no limiter answers: {}", fault.getMessage());
    route.limits().forEach(block -> metrics.failedOpen(block.ruleName()));
    return Admission.Admitted.FREELY;
  }

  /**
   * A request that passes is billed all the same: whose balance it is needs nobody to tell.
   *
   * @param plain the route's own; null for none
   * @param budgets those that requests on the route may spend from
   */
  Reservation ofQuota(
      @Nullable QuotaBlock plain,
      List<BudgetScope> budgets,
      ReserveRequest question,
      Throwable fault) {
    List<QuotaHold> unheld = new ArrayList<>();
    boolean passes = true;
    if (plain != null && question.consumer() != null) {
      passes = plain.fail() == FailPolicy.OPEN;
      unheld.add(new QuotaHold(plain.store(), plain.redisKeyPrefix() + question.consumer(), 0));
    }
    for (BudgetScope scope : budgets) {
      Optional<String> value = scope.valueFor(question);
      if (value.isPresent()) {
        passes &= scope.budget().withoutStore() == FailPolicy.OPEN;
        unheld.add(scope.hold(value.get(), 0));
      }
    }
    if (!passes) {
      outages.warn("requests are refused, as no quota answers: {}", fault.getMessage());
      return new Reservation.Unavailable(question.consumer(), RETRY_AFTER_MILLIS);
    }
    if (!unheld.isEmpty()) {
      outages.warn("requests pass unpaid, as no quota answers: {}", fault.getMessage());
    }
    return new Reservation.Reserved(unheld);
  }
}
