package io.tollgate.limiter;

import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.tokens.Estimate;
import java.util.ArrayList;
import java.util.List;

/**
 * On what conditions a request passes that nothing stands in the way of.
 *
 * @param outcomes in the order of the configuration
 */
record Passage(Estimate estimate, List<LimitOutcome.Of> outcomes, Outages outages) {
  Admission.Admitted admitted() {
    List<HeldLimit> held = new ArrayList<>(outcomes.size());
    List<String> wouldRefuse = new ArrayList<>();
    for (LimitOutcome.Of each : outcomes) {
      Limit limit = each.limit();
      switch (each.outcome()) {
        case LimitOutcome.Taken taken -> {
          if (limit.isShadow() && taken.hold().tokens() < limit.needs(estimate)) {
            wouldRefuse.add(limit.rule());
          }
          held.add(limit.isShadow() ? new HeldLimit(taken.hold(), null) : bound(limit, taken));
        }
        case LimitOutcome.PartTaken part -> {
          outages.shared(limit.block().ruleName());
          held.add(new HeldLimit(unheld(limit), standing(limit, part.standing())));
        }
        default -> held.add(new HeldLimit(unheld(limit), null));
      }
    }
    return new Admission.Admitted(held, wouldRefuse);
  }

  private static HeldLimit bound(Limit limit, LimitOutcome.Taken taken) {
    boolean stops = limit.block().admitting().onExhausted() == OnExhausted.STOP;
    return new HeldLimit(
        taken.hold(), standing(limit, taken), limit.clamps(), stops ? mayUse(limit, taken) : null);
  }

  /** To be counted later, as nobody could be asked for it now. */
  private static LimitHold unheld(Limit limit) {
    return new LimitHold(limit.block().store(), limit.key(), limit.terms(), "", 0);
  }

  private static Long mayUse(Limit limit, LimitOutcome.Taken taken) {
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
}
