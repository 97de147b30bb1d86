package io.tollgate.proxy;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission.Standing;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.upstream.UpstreamChain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that may go to a provider. Its holds have to be settled, however it ends.
 *
 * @param holder the id under which limiter and quota know its holds
 * @param chain whom it may go to
 * @param limitHolds as they were taken before the first provider was asked
 * @param providerHolds those on limits that go by the provider
 * @param tab what it costs whatever comes of it
 * @param stopLine how far its stream may go
 * @param outputCap the most output tokens of each text; null for as many as the request says
 * @param tightest where the tightest limit stands; null when no limit applies
 */
record AdmittedCall(
    IdentifiedCall identified,
    Forecast forecast,
    String holder,
    List<LimitHold> limitHolds,
    List<QuotaHold> quotaHolds,
    UpstreamChain chain,
    ProviderHolds providerHolds,
    Tab tab,
    StopLine stopLine,
    @Nullable Long outputCap,
    @Nullable Standing tightest) {

  RoutedCall routed() {
    return identified.routed();
  }

  InboundCall inbound() {
    return identified.inbound();
  }

  /** Those of its first holds that are for all providers. */
  List<LimitHold> generalHolds() {
    return limitHolds.stream().filter(hold -> hold.key().provider() == null).toList();
  }

  /** Whether it holds any, or may come to on its way. */
  boolean holdsTokens() {
    return !limitHolds.isEmpty() || !quotaHolds.isEmpty() || providerHolds.isLimited();
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

  /** The largest of its holds. */
  long heldTokens() {
    long largest = 0;
    for (LimitHold hold : limitHolds) {
      largest = Math.max(largest, hold.tokens());
    }
    for (QuotaHold hold : quotaHolds) {
      largest = Math.max(largest, hold.tokens());
    }
    return largest;
  }
}
