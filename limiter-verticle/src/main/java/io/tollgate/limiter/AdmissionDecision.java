package io.tollgate.limiter;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.share.Standing;
import java.util.ArrayList;
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
   * @param outcomes in the order of the configuration
   */
  Admission decide(List<LimitOutcome.Of> outcomes) {
    for (LimitOutcome.Of each : outcomes) {
      if (each.outcome() instanceof LimitOutcome.Spent spent) {
        return throttled(each.limit(), spent.used(), spent.held(), spent.waitMillis(), null);
      }
      if (each.outcome() instanceof LimitOutcome.PartSpent spent) {
        Standing part = spent.standing();
        return throttled(each.limit(), part.used(), part.held(), part.resetMillis(), part.part());
      }
    }
    Map<String, String> open = new HashMap<>();
    for (LimitOutcome.Of each : outcomes) {
      String reason = whyUnenforced(each);
      if (reason != null) {
        LimitBlock block = each.limit().block();
        if (block.fail() != FailPolicy.OPEN) {
          outages.failedClosed(block.ruleName(), reason);
          return new Admission.Unavailable(block.ruleName(), RETRY_AFTER_MILLIS);
        }
        open.put(block.ruleName(), reason);
      }
    }
    open.forEach(outages::failedOpen);
    return admitted(outcomes);
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
      Limit limit, long used, long held, long resetMillis, @Nullable Long part) {
    return new Admission.Throttled(
        limit.rule(),
        Admission.Cause.SPENT,
        limit.unit(),
        limit.capacity(),
        used,
        held,
        Math.max(1, resetMillis),
        limit.block().rejection().code(),
        limit.block().rejection().message(),
        part);
  }

  private Admission admitted(List<LimitOutcome.Of> outcomes) {
    List<LimitHold> holds = new ArrayList<>(outcomes.size());
    Admission.Standing tightest = null;
    for (LimitOutcome.Of each : outcomes) {
      Limit limit = each.limit();
      if (each.outcome() instanceof LimitOutcome.Taken taken) {
        holds.add(taken.hold());
        tightest = tighter(tightest, standing(limit, taken));
      } else {
        if (each.outcome() instanceof LimitOutcome.PartTaken part) {
          outages.shared(limit.block().ruleName());
          tightest = tighter(tightest, standing(limit, part.standing()));
        }
        holds.add(new LimitHold(limit.block().store(), limit.key(), limit.terms(), "", 0));
      }
    }
    return Admission.Admitted.of(holds, tightest);
  }

  private static Admission.Standing standing(Limit limit, LimitOutcome.Taken taken) {
    long remaining = Math.max(0, limit.capacity() - taken.used() - taken.held());
    return new Admission.Standing(
        limit.unit(), limit.capacity(), remaining, Math.max(1, taken.resetMillis()));
  }

  /** The limit is told as it is, of which this node has so much left. */
  private static Admission.Standing standing(Limit limit, Standing part) {
    return new Admission.Standing(
        limit.unit(), limit.capacity(), part.remaining(), part.resetMillis());
  }

  private static Admission.Standing tighter(
      Admission.@Nullable Standing one, Admission.Standing other) {
    return one == null || share(other) < share(one) ? other : one;
  }

  private static double share(Admission.Standing standing) {
    return (double) standing.remaining() / standing.limit();
  }
}
