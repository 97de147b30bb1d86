package io.tollgate.contract.usage;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.tokens.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one event that settles a request: what it used and which holds that frees. Delivered until
 * acknowledged, so its effect is idempotent by {@code requestId} and hold.
 *
 * @param requestId the id under which its holds are kept: the request's own, with {@code -1} and so
 *     on behind it when it was admitted at a later look
 * @param atMillis when the request ended, by the proxy's clock, since the epoch
 * @param consumer null on a route without authentication
 * @param model the model that was asked for
 * @param provider null when none was reached
 * @param usage what to bill; never absent
 * @param estimated whether {@code usage} is our own count, as the provider did not say
 */
public record UsageEvent(
    String requestId,
    long atMillis,
    String route,
    @Nullable String consumer,
    String model,
    @Nullable String provider,
    TokenUsage usage,
    boolean estimated,
    Outcome outcome,
    List<LimitHold> limitHolds,
    List<QuotaHold> quotaHolds) {
  public UsageEvent {
    limitHolds = List.copyOf(limitHolds);
    quotaHolds = List.copyOf(quotaHolds);
  }

  /** What the request counts on a limit by these terms. One that we refused counts nothing. */
  public long countedBy(LimitTerms terms) {
    return outcome == Outcome.REFUSED ? 0 : terms.soFar(usage);
  }

  /** What the request counts on the balance of a hold. One that we refused counts nothing. */
  public long countedBy(QuotaHold hold) {
    return outcome == Outcome.REFUSED ? 0 : hold.soFar(usage);
  }
}
