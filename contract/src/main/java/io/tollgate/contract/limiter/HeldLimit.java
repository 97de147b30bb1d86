package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.LimitHold;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hold that a request was given, and what its limit asks of the request for as long as it has it.
 *
 * @param hold to be settled when the request ends
 * @param standing where the limit stands after it; null for a limit that callers are not told of
 * @param clamps whether the request's output is to be cut to what the hold leaves beside its prompt
 * @param stopsAt how much a stream may use, in what the hold counts, before it is ended: the hold
 *     and what was left beyond it; null for as much as it wants
 */
public record HeldLimit(
    LimitHold hold, Admission.@Nullable Standing standing, boolean clamps, @Nullable Long stopsAt) {
  /** Of a limit that only counts. */
  public HeldLimit(LimitHold hold, Admission.@Nullable Standing standing) {
    this(hold, standing, false, null);
  }

  /** Whether it is for the tokens of one provider only. */
  public boolean goesByProvider() {
    return hold.key().provider() != null;
  }

  /** Where that limit stands which has the smallest share left; null when none is told of. */
  public static Admission.@Nullable Standing tightest(List<HeldLimit> limits) {
    Admission.Standing tightest = null;
    for (HeldLimit limit : limits) {
      Admission.Standing standing = limit.standing();
      if (standing != null && (tightest == null || standing.share() < tightest.share())) {
        tightest = standing;
      }
    }
    return tightest;
  }
}
