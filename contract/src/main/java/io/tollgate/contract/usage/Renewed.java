package io.tollgate.contract.usage;

import java.util.List;
import java.util.Map;

/**
 * The answer to {@link Renewal}: the store has confirmed the whole of it.
 *
 * @param left by request id, for each of its holds in their order what may be used beyond it, in
 *     what the hold counts; negative where more is used than allowed, {@link #NOBODY_KNOWS} where
 *     the store did not say. A request of which nothing is known is not in it
 */
public record Renewed(Map<String, List<Long>> left) {
  /** In place of what is left. */
  public static final long NOBODY_KNOWS = Long.MAX_VALUE;

  /** Of nothing is it known what is left. */
  public static final Renewed UNKNOWN = new Renewed(Map.of());

  public Renewed {
    left = Map.copyOf(left);
  }
}
