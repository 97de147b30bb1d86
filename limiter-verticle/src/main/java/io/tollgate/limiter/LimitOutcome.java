package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.share.Standing;
import org.jspecify.annotations.Nullable;

/** What became of one limit when a request asked to be admitted. */
sealed interface LimitOutcome {
  /**
   * Tokens are held.
   *
   * @param hold what to settle
   * @param used tokens counted in the window
   * @param held tokens held in it, this hold included
   * @param resetMillis until nothing counts any more of what does now
   */
  record Taken(LimitHold hold, long used, long held, long resetMillis) implements LimitOutcome {}

  /**
   * Nothing is left, or the key is refused for longer; none of the request's limits in this store
   * was taken.
   *
   * @param waitMillis until a request can pass
   * @param penalty whether it is refused for longer than nothing is left
   * @param resetMillis until nothing counts any more of what does now
   */
  record Spent(long used, long held, long waitMillis, long resetMillis, boolean penalty)
      implements LimitOutcome {}

  /** Not taken, because another limit in the same store is spent. */
  record Skipped() implements LimitOutcome {}

  /** The counter could not be asked; its rule says what that means. */
  record Unreached(String reason) implements LimitOutcome {}

  /** The counter's key holds something that can't count: as good as unreached. */
  record Broken() implements LimitOutcome {}

  /** Its store was not reached; tokens are held on this node's part of the limit. */
  record PartTaken(Standing standing) implements LimitOutcome {}

  /**
   * Nothing is left of this node's part of the limit: its store was not reached, or does not know
   * yet of all that was used while it was not.
   *
   * @param hold what the store has taken all the same, to be given back; null when it was not
   *     reached
   */
  record PartSpent(Standing standing, @Nullable LimitHold hold) implements LimitOutcome {}

  /** One limit with its outcome. */
  record Of(Limit limit, LimitOutcome outcome) {
    /** Whether nobody could tell if the limit is spent. */
    boolean isUnenforced() {
      return outcome instanceof Unreached || outcome instanceof Broken;
    }
  }
}
