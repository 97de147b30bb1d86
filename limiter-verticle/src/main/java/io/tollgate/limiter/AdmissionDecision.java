package io.tollgate.limiter;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.tokens.Estimate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one answer of what became of each limit: the first that stands in the way decides. */
final class AdmissionDecision {
  private static final long RETRY_AFTER_MILLIS = 1000;

  private final Outages outages;

  AdmissionDecision(Outages outages) {
    this.outages = outages;
  }

  /**
   * @param estimate of the request
   * @param outcomes in the order of the configuration
   */
  Admission decide(Estimate estimate, List<LimitOutcome.Of> outcomes) {
    for (LimitOutcome.Of each : outcomes) {
      if (each.outcome() instanceof LimitOutcome.Spent spent) {
        Admission.Cause cause = spent.penalty() ? Admission.Cause.PENALTY : Admission.Cause.SPENT;
        return throttled(each.limit(), cause, spent.used(), spent.held(), spent.waitMillis(), null);
      }
      if (each.outcome() instanceof LimitOutcome.PartSpent spent) {
        Standing part = spent.standing();
        return throttled(
            each.limit(),
            Admission.Cause.SPENT,
            part.used(),
            part.held(),
            part.waitMillis(),
            part.part());
      }
    }
    Map<String, String> open = new HashMap<>();
    for (LimitOutcome.Of each : outcomes) {
      String reason = whyUnenforced(each);
      if (reason != null) {
        LimitBlock block = each.limit().block();
        if (block.fail() != FailPolicy.OPEN && !each.limit().isShadow()) {
          outages.failedClosed(block.ruleName(), reason);
          return new Admission.Unavailable(block.ruleName(), RETRY_AFTER_MILLIS);
        }
        open.put(block.ruleName(), reason);
      }
    }
    open.forEach(outages::failedOpen);
    return new Passage(estimate, outcomes, outages).admitted();
  }

  private @Nullable String whyUnenforced(LimitOutcome.Of each) {
    return switch (each.outcome()) {
      case LimitOutcome.Unreached unreached -> unreached.reason();
      case LimitOutcome.Broken broken -> {
        outages.brokenCounter(each.limit().key());
        yield "a counter holds no integer";
      }
      case LimitOutcome.Taken taken -> null;
      case LimitOutcome.Spent spent -> null;
      case LimitOutcome.Skipped skipped -> null;
      case LimitOutcome.PartTaken part -> null;
      case LimitOutcome.PartSpent part -> null;
    };
  }

  private static Admission throttled(
      Limit limit,
      Admission.Cause cause,
      long used,
      long held,
      long resetMillis,
      @Nullable Long part) {
    return new Admission.Throttled(
        limit.rule(),
        cause,
        limit.unit(),
        limit.capacity(),
        used,
        held,
        Math.max(1, resetMillis),
        limit.block().rejection().code(),
        limit.block().rejection().message(),
        part);
  }
}
