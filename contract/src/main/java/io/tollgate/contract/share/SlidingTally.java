package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import org.jspecify.annotations.Nullable;

/**
 * A part of a sliding window: thirty slices and one more. A slice counts until all of it is a
 * period ago, so in no period more is used than the part. What the store had counted counts whole
 * until the last of it is out.
 */
final class SlidingTally implements Tally {
  private static final int SLICES = 30;

  private final long periodMillis;
  private final long sliceMillis;
  private final long seen;
  private final long seenUntilMillis;
  private final Players players = new Players();
  private long capacity;

  /** By slice, in a ring: the slice with number n is at n modulo the length. */
  private final long[] used = new long[SLICES + 1];

  private final long[] held = new long[SLICES + 1];
  private long newest;

  /**
   * @param periodMillis how long something counts
   * @param seen what was used and held in the store
   * @param seenUntilMillis until when that counts
   */
  SlidingTally(long periodMillis, long seen, long seenUntilMillis, long nowMillis) {
    this.periodMillis = periodMillis;
    this.sliceMillis = Math.ceilDiv(periodMillis, SLICES);
    this.seen = seen;
    this.seenUntilMillis = seenUntilMillis;
    this.newest = slice(nowMillis);
  }

  @Override
  public boolean fits(@Nullable LimitTerms terms) {
    return terms != null
        && terms.algorithm() == Algorithm.SLIDING_WINDOW
        && terms.period().millis() == periodMillis;
  }

  @Override
  public void ask(Ask ask, int nodes, long nowMillis) {
    capacity = ask.whole();
    players.seen(nodes, nowMillis, periodMillis + sliceMillis);
  }

  @Override
  public long part(long nowMillis) {
    long gone = nowMillis < seenUntilMillis ? seen : 0;
    return Tally.divided(capacity - gone, players.count());
  }

  @Override
  public long used(long nowMillis) {
    return sum(used, nowMillis);
  }

  @Override
  public long held(long nowMillis) {
    return sum(held, nowMillis);
  }

  @Override
  public void hold(long tokens, long nowMillis) {
    held[place(nowMillis)] += tokens;
  }

  @Override
  public void charge(long tokens, long nowMillis) {
    used[place(nowMillis)] += tokens;
  }

  @Override
  public void settle(long takenMillis, long tokensHeld, long tokensUsed, long nowMillis) {
    if (outMillis(slice(takenMillis)) > nowMillis) {
      place(nowMillis);
      int place = at(slice(takenMillis));
      held[place] -= tokensHeld;
      used[place] += tokensUsed;
    } else if (tokensUsed > tokensHeld) {
      charge(tokensUsed - tokensHeld, nowMillis);
    }
  }

  /** Only when something is out, more is left. */
  @Override
  public long waitMillis(long needed, long nowMillis) {
    long soonest = resetMillis(nowMillis);
    for (long slice = newest - SLICES; slice <= newest; slice++) {
      long out = outMillis(slice);
      if (out > nowMillis && available(out) >= needed) {
        soonest = Math.min(soonest, out - nowMillis);
      }
    }
    if (seenUntilMillis > nowMillis && available(seenUntilMillis) >= needed) {
      soonest = Math.min(soonest, seenUntilMillis - nowMillis);
    }
    return soonest;
  }

  @Override
  public long resetMillis(long nowMillis) {
    long last = Math.max(nowMillis + 1, seenUntilMillis);
    for (long slice = newest - SLICES; slice <= newest; slice++) {
      if (used[at(slice)] != 0 || held[at(slice)] != 0) {
        last = Math.max(last, outMillis(slice));
      }
    }
    return last - nowMillis;
  }

  @Override
  public boolean isOver(long nowMillis) {
    return nowMillis >= seenUntilMillis && used(nowMillis) == 0 && held(nowMillis) == 0;
  }

  /** Where the slice of now is, after those that had its place and its predecessors' are out. */
  private int place(long nowMillis) {
    long current = slice(nowMillis);
    for (long slice = Math.max(newest + 1, current - SLICES); slice <= current; slice++) {
      used[at(slice)] = 0;
      held[at(slice)] = 0;
    }
    newest = Math.max(newest, current);
    return at(current);
  }

  private long sum(long[] tokens, long nowMillis) {
    long sum = 0;
    for (long slice = newest - SLICES; slice <= newest; slice++) {
      if (outMillis(slice) > nowMillis) {
        sum += tokens[at(slice)];
      }
    }
    return sum;
  }

  private long slice(long millis) {
    return Math.floorDiv(millis, sliceMillis);
  }

  private long outMillis(long slice) {
    return (slice + 1) * sliceMillis + periodMillis;
  }

  private static int at(long slice) {
    return Math.floorMod(slice, SLICES + 1);
  }
}
