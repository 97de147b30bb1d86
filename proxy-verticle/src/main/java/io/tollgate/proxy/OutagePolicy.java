package io.tollgate.proxy;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.Reservation;
import java.util.List;
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

  /** A request that passes is billed all the same: whose balance it is needs nobody to tell. */
  Reservation ofQuota(QuotaBlock quota, String consumer, Throwable fault) {
    if (quota.fail() != FailPolicy.OPEN) {
      outages.warn("requests are refused, as no quota answers: {}", fault.getMessage());
      return new Reservation.Unavailable(consumer, RETRY_AFTER_MILLIS);
    }
    outages.warn("requests pass unpaid, as no quota answers: {}", fault.getMessage());
    return new Reservation.Reserved(
        List.of(new QuotaHold(quota.store(), quota.redisKeyPrefix() + consumer, 0)));
  }
}
