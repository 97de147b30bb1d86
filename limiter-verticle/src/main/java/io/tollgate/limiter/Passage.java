package io.tollgate.limiter;

import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Stop;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.tokens.Estimate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On what conditions a request passes that nothing stands in the way of.
 *
 * @param outcomes in the order of the configuration
 */
record Passage(Estimate estimate, List<LimitOutcome.Of> outcomes, Outages outages) {
  Admission.Admitted admitted() {
    List<LimitHold> holds = new ArrayList<>(outcomes.size());
    List<String> wouldRefuse = new ArrayList<>();
    List<Stop> stops = new ArrayList<>();
    Admission.Standing tightest = null;
    Long outputCap = null;
    for (LimitOutcome.Of each : outcomes) {
      Limit limit = each.limit();
      Admission.Standing standing = null;
      if (each.outcome() instanceof LimitOutcome.Taken taken) {
        LimitHold hold = taken.hold();
        if (limit.isShadow()) {
          if (hold.tokens() < limit.needs(estimate)) {
            wouldRefuse.add(limit.rule());
          }
        } else {
          standing = standing(limit, taken);
          outputCap = lower(outputCap, clamped(limit, hold));
          if (limit.block().admitting().onExhausted() == OnExhausted.STOP) {
            stops.add(new Stop(holds.size(), limit.terms().count(), mayUse(limit, taken)));
          }
        }
        holds.add(hold);
      } else {
        if (each.outcome() instanceof LimitOutcome.PartTaken part) {
          outages.shared(limit.block().ruleName());
          standing = standing(limit, part.standing());
        }
        holds.add(new LimitHold(limit.block().store(), limit.key(), limit.terms(), "", 0));
      }
      tightest = tighter(tightest, standing);
    }
    return new Admission.Admitted(holds, tightest, wouldRefuse, outputCap, stops);
  }

  /** How far the answer is cut; null when it may be as long as the request says. */
  private @Nullable Long clamped(Limit limit, LimitHold hold) {
    if (!limit.clamps()) {
      return null;
    }
    long cap = limit.terms().count().outputWithin(hold.tokens(), estimate.promptTokens());
    return estimate.mostOutput() == null || cap < estimate.mostOutput() ? (Long) cap : null;
  }

  private static @Nullable Long lower(@Nullable Long one, @Nullable Long other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Math.min(one, other);
  }

  private static long mayUse(Limit limit, LimitOutcome.Taken taken) {
    return taken.hold().tokens() + left(limit, taken);
  }

  private static long left(Limit limit, LimitOutcome.Taken taken) {
    return Math.max(0, limit.capacity() - taken.used() - taken.held());
  }

  private static Admission.Standing standing(Limit limit, LimitOutcome.Taken taken) {
    return new Admission.Standing(
        limit.unit(), limit.capacity(), left(limit, taken), Math.max(1, taken.resetMillis()));
  }

  /** The limit is told as it is, of which this node has so much left. */
  private static Admission.Standing standing(Limit limit, Standing part) {
    return new Admission.Standing(
        limit.unit(), limit.capacity(), part.remaining(), part.resetMillis());
  }

  private static Admission.@Nullable Standing tighter(
      Admission.@Nullable Standing one, Admission.@Nullable Standing other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return share(other) < share(one) ? other : one;
  }

  private static double share(Admission.Standing standing) {
    return (double) standing.remaining() / standing.limit();
  }
}
