package io.tollgate.proxy;

import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.Stop;
import io.tollgate.proxy.http.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the limiter and the quota said to one request when they were asked at once. */
record Answers(Admission admission, Reservation reservation) {

  /**
   * The refusal to pass on; null when both agree. The one that holds for longer comes first: a
   * spent account before a spent limit, and both before an account that other requests only hold.
   */
  @Nullable Refusal refusal() {
    Refusal byQuota = quotaRefusal();
    Refusal byLimiter = limiterRefusal();
    return byQuota == null || (byLimiter != null && isQuotaOnlyHeld()) ? byLimiter : byQuota;
  }

  /**
   * Whether there would be no refusal but for what other requests hold, which is more or less than
   * they will have used.
   */
  boolean refusedByHoldsAlone() {
    boolean quotaIsFree = reservation instanceof Reservation.Reserved;
    boolean limitIsFree = admission instanceof Admission.Admitted;
    return !(quotaIsFree && limitIsFree)
        && (quotaIsFree || isQuotaOnlyHeld())
        && (limitIsFree || isLimitOnlyHeld());
  }

  List<HeldLimit> limits() {
    return admission instanceof Admission.Admitted admitted ? admitted.limits() : List.of();
  }

  List<QuotaHold> quotaHolds() {
    return reservation instanceof Reservation.Reserved reserved ? reserved.holds() : List.of();
  }

  List<Stop> quotaStops() {
    return reservation instanceof Reservation.Reserved reserved ? reserved.stops() : List.of();
  }

  /** The rules in shadow that would have refused. */
  List<String> limitsThatWouldRefuse() {
    return admission instanceof Admission.Admitted admitted ? admitted.wouldRefuse() : List.of();
  }

  /** The budgets in shadow that would have refused, by name. */
  List<String> budgetsThatWouldRefuse() {
    return reservation instanceof Reservation.Reserved reserved
        ? reserved.wouldRefuse()
        : List.of();
  }

  private boolean isQuotaOnlyHeld() {
    return reservation instanceof Reservation.Exhausted exhausted && exhausted.isOnlyHeld();
  }

  private boolean isLimitOnlyHeld() {
    return admission instanceof Admission.Throttled throttled
        && throttled.cause() == Admission.Cause.SPENT
        && throttled.used() < throttled.allowed()
        && throttled.held() > 0;
  }

  private @Nullable Refusal quotaRefusal() {
    return switch (reservation) {
      case Reservation.Exhausted exhausted -> new Refusal.QuotaExhausted(exhausted);
      case Reservation.Unavailable down -> new Refusal.QuotaUnavailable(down.retryAfterMillis());
      case Reservation.Reserved reserved -> null;
    };
  }

  private @Nullable Refusal limiterRefusal() {
    return switch (admission) {
      case Admission.Throttled throttled -> new Refusal.RateLimited(throttled);
      case Admission.Unavailable down ->
          new Refusal.LimiterUnavailable(down.rule(), down.retryAfterMillis());
      case Admission.Admitted admitted -> null;
    };
  }
}
