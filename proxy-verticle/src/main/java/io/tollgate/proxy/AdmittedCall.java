package io.tollgate.proxy;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission.Standing;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.upstream.UpstreamChain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that may go to a provider. Its holds have to be settled, however it ends.
 *
 * @param chain whom it may go to
 * @param goesByProvider whether limits of its route do, so that each provider needs room of its own
 */
record AdmittedCall(
    IdentifiedCall identified,
    Forecast forecast,
    UpstreamChain chain,
    boolean goesByProvider,
    Holdings holdings) {

  RoutedCall routed() {
    return identified.routed();
  }

  InboundCall inbound() {
    return identified.inbound();
  }

  /** Whether it holds any, or may come to on its way. */
  boolean holdsTokens() {
    return !holdings.isEmpty() || goesByProvider;
  }

  /** The most output tokens of each text that may be asked for now; null for what it says. */
  @Nullable Long outputCap() {
    Long cap = holdings.outputCap();
    return cap == null ? null : (Long) (cap / texts());
  }

  /** Why its output can't be cut to what is left; null when it can, or need not be. */
  @Nullable Refusal tooManyTexts() {
    Long cap = holdings.outputCap();
    if (cap == null || cap >= texts()) {
      return null;
    }
    Standing tightest = holdings.tightest();
    return new Refusal.TooManyTexts(texts(), cap, tightest == null ? 0 : tightest.resetMillis());
  }

  /** How many the model is to write. */
  private int texts() {
    return routed().body().choices();
  }

  /** Whether nodes may hold parts in place of a store for it, of which these are holds. */
  boolean goesByParts(List<LimitHold> limitHolds, List<QuotaHold> quotaHolds) {
    for (LimitHold hold : limitHolds) {
      if (!hold.isInStore()) {
        return sharesLimits() || !quotaHolds.isEmpty();
      }
    }
    for (QuotaHold hold : quotaHolds) {
      // Of a budget nobody here knows whether nodes share it; to say it once too often is harmless.
      if (!hold.isInStore() && (hold.budget() != null || sharesQuota())) {
        return true;
      }
    }
    return false;
  }

  private boolean sharesLimits() {
    return routed().route().limits().stream().anyMatch(block -> block.fail() == FailPolicy.SHARE);
  }

  private boolean sharesQuota() {
    QuotaBlock quota = routed().route().quota();
    return quota != null && quota.fail() == FailPolicy.SHARE;
  }
}
