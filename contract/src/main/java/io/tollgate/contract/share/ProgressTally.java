package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitTerms;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A part of what may be in progress at once. Only holds count, and until they are settled; beside
 * them counts what the store has admitted here and is in progress still. So a node's part is what
 * it had in progress when the store last answered, and its part of what was free then.
 */
final class ProgressTally implements Tally {
  /** Nobody knows when one will end: soon. */
  private static final long SOON_MILLIS = 1000;

  private final LongToIntFunction admittedByStore;
  private final Players players = new Players();
  private final long kept;
  private long capacity;
  private long free;
  private long held;

  /**
   * @param admittedByStore how many requests are in progress at a time that this node's part did
   *     not admit
   * @param capacity how many may be in progress on all nodes
   * @param kept how many of the counted ones were this node's, which may have as many
   * @param counted how many were in progress on all nodes
   */
  ProgressTally(LongToIntFunction admittedByStore, long capacity, long kept, long counted) {
    this.admittedByStore = admittedByStore;
    this.capacity = capacity;
    this.kept = kept;
    this.free = capacity - counted;
  }

  @Override
  public boolean fits(@Nullable LimitTerms terms) {
    return terms != null && terms.algorithm() == Algorithm.CONCURRENCY;
  }

  @Override
  public void ask(Ask ask, int nodes, long nowMillis) {
    free += ask.whole() - capacity;
    capacity = ask.whole();
    players.seen(nodes, nowMillis, Lease.LENGTH.toMillis());
  }

  @Override
  public long part(long nowMillis) {
    if (capacity <= 0) {
      return 0;
    }
    // Alone, all that was counted was its own, or of nodes that are gone.
    return players.count() == 1
        ? capacity
        : Math.clamp(kept + Math.floorDiv(free, players.count()), 1, capacity);
  }

  @Override
  public long used(long nowMillis) {
    return 0;
  }

  @Override
  public long held(long nowMillis) {
    return held + admittedByStore.applyAsInt(nowMillis);
  }

  /** How many are in progress that the store does not know of. */
  long unknownToStore() {
    return held;
  }

  @Override
  public void hold(long requests, long nowMillis) {
    held += requests;
  }

  /** What the store admits is counted by {@code admittedByStore}. */
  @Override
  public void charge(long requests, long nowMillis) {}

  @Override
  public void settle(long takenMillis, long requestsHeld, long used, long nowMillis) {
    held -= requestsHeld;
  }

  @Override
  public long waitMillis(long needed, long nowMillis) {
    return SOON_MILLIS;
  }

  @Override
  public long resetMillis(long nowMillis) {
    return SOON_MILLIS;
  }

  @Override
  public boolean isOver(long nowMillis) {
    return held == 0;
  }
}
