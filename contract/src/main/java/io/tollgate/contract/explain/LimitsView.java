package io.tollgate.contract.explain;

import io.tollgate.contract.limiter.Admission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a request's route, as they stand for it.
 *
 * @param throttled the refusal that it would get; null when no limit is spent
 * @param unavailable the same for a store that is away
 */
public record LimitsView(
    List<LimitView> limits,
    List<IdleRule> idle,
    Admission.@Nullable Throttled throttled,
    Admission.@Nullable Unavailable unavailable) {
  public LimitsView {
    limits = List.copyOf(limits);
    idle = List.copyOf(idle);
  }

  /** Of a route without limits. */
  public static final LimitsView NONE = new LimitsView(List.of(), List.of(), null, null);

  /**
   * @param admission what the limiter would answer
   */
  public static LimitsView of(List<LimitView> limits, List<IdleRule> idle, Admission admission) {
    return switch (admission) {
      case Admission.Admitted admitted -> new LimitsView(limits, idle, null, null);
      case Admission.Throttled refusal -> new LimitsView(limits, idle, refusal, null);
      case Admission.Unavailable away -> new LimitsView(limits, idle, null, away);
    };
  }

  /** What the limiter would answer; without the holds that it would have taken. */
  public Admission admission() {
    if (throttled != null) {
      return throttled;
    }
    return unavailable == null ? Admission.Admitted.FREELY : unavailable;
  }
}
