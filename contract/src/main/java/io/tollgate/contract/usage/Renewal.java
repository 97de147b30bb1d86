package io.tollgate.contract.usage;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.tokens.TokenUsage;
import java.util.List;

/**
 * The requests of one event loop that are still open: their holds are to live on, stamped with what
 * they have used so far.
 */
public record Renewal(List<OpenRequest> open) {
  public Renewal {
    open = List.copyOf(open);
  }

  /**
   * @param soFar prompt and output counted up to now; what is billed if the node dies here
   */
  public record OpenRequest(
      String requestId, TokenUsage soFar, List<LimitHold> limitHolds, List<QuotaHold> quotaHolds) {
    public OpenRequest {
      limitHolds = List.copyOf(limitHolds);
      quotaHolds = List.copyOf(quotaHolds);
    }
  }
}
