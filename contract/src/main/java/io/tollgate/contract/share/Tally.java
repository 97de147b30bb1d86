package io.tollgate.contract.share;

import io.tollgate.contract.hold.LimitTerms;
import org.jspecify.annotations.Nullable;

/**
 * How one node's part of a limit or balance counts over time: by the same algorithm as the whole in
 * its store, with numbers divided by the nodes that share it.
 *
 * <p>A part is never less than one while there is anything to be shared. As a node admits while
 * anything is left, one answer may cross its part; all nodes together use at most the whole and one
 * answer for each of them, and a part of one does not change that.
 *
 * <p>Pure arithmetic; times are milliseconds of any one clock and never go back. Not thread-safe.
 */
sealed interface Tally permits WindowTally, SlidingTally, BucketTally, ProgressTally {
  /**
   * Whether it counts as these terms say, whatever their numbers.
   *
   * @param terms null for a balance
   */
  boolean fits(@Nullable LimitTerms terms);

  /**
   * A request asks: from now on these numbers go, shared by so many nodes. What is shared by fewer
   * grows only when those that have left can't have used it any more.
   */
  void ask(Ask ask, int players, long nowMillis);

  /** How much may be used and held at once now. */
  long part(long nowMillis);

  /** What is used and still counts now. */
  long used(long nowMillis);

  /** What is held and still counts now. */
  long held(long nowMillis);

  void hold(long tokens, long nowMillis);

  /** More is used, which nobody held. */
  void charge(long tokens, long nowMillis);

  /**
   * A request has ended. What it held and does not count any more is passed over; what it has used
   * beyond that counts in any case.
   *
   * @param takenMillis when it began to hold
   */
  void settle(long takenMillis, long tokensHeld, long tokensUsed, long nowMillis);

  /** Until so much is left, or all that can be when that is less. */
  long waitMillis(long needed, long nowMillis);

  /** Until nothing counts any more of what does now. */
  long resetMillis(long nowMillis);

  /** Whether nothing counts that would not count without it. */
  boolean isOver(long nowMillis);

  default long available(long nowMillis) {
    return part(nowMillis) - used(nowMillis) - held(nowMillis);
  }

  /** One node's part of so much. */
  static long divided(long whole, int nodes) {
    return whole <= 0 ? 0 : Math.max(1, whole / nodes);
  }
}
