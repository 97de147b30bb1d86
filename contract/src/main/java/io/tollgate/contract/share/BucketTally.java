package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import org.jspecify.annotations.Nullable;

/**
 * A part of a token or leaky bucket: what is used and held is one level that runs off evenly, and
 * both the burst and the rate are divided. What the store had counted is divided as well, as all
 * nodes' parts run off together.
 *
 * <p>A hold counts at its end at least what of it may have run off, so that no more is given back
 * than the rest.
 */
final class BucketTally implements Tally {
  private static final double LONGEST_MILLIS = Long.MAX_VALUE / 4.0;

  /** Less than this is what rounding has left. */
  private static final double NOTHING = 1e-9;

  private final Players players = new Players();
  private long amount;
  private long periodMillis;
  private long burst;
  private double level;
  private long held;
  private long atMillis;
  private long emptyMillis = Long.MIN_VALUE;

  /**
   * @param ask the first that is asked
   * @param nodes among how many it is shared
   * @param seen what was used and held in the store
   * @param atMillis when it was
   */
  BucketTally(Ask ask, int nodes, long seen, long atMillis) {
    this.atMillis = atMillis;
    apply(ask, nodes, atMillis);
    this.level = Math.max(0, (double) seen / players.count());
  }

  @Override
  public boolean fits(@Nullable LimitTerms terms) {
    return terms != null
        && (terms.algorithm() == Algorithm.TOKEN_BUCKET
            || terms.algorithm() == Algorithm.LEAKY_BUCKET);
  }

  @Override
  public void ask(Ask ask, int nodes, long nowMillis) {
    pass(nowMillis);
    apply(ask, nodes, nowMillis);
  }

  @Override
  public long part(long nowMillis) {
    return Tally.divided(burst, players.count());
  }

  @Override
  public long used(long nowMillis) {
    pass(nowMillis);
    return counted() - Math.min(held, counted());
  }

  @Override
  public long held(long nowMillis) {
    pass(nowMillis);
    return Math.min(held, counted());
  }

  @Override
  public void hold(long tokens, long nowMillis) {
    pass(nowMillis);
    level += tokens;
    held += tokens;
  }

  @Override
  public void charge(long tokens, long nowMillis) {
    pass(nowMillis);
    level += tokens;
  }

  @Override
  public void settle(long takenMillis, long tokensHeld, long tokensUsed, long nowMillis) {
    pass(nowMillis);
    if (takenMillis >= emptyMillis) {
      double runOff = Math.min((double) tokensHeld, (nowMillis - takenMillis) * perMilli());
      level = Math.max(0, level + Math.max((double) tokensUsed, runOff) - tokensHeld);
      held = Math.max(0, held - tokensHeld);
    } else {
      level += Math.max(0, tokensUsed - tokensHeld);
    }
  }

  @Override
  public long waitMillis(long needed, long nowMillis) {
    pass(nowMillis);
    long most = part(nowMillis) - Math.min(needed, part(nowMillis));
    return millisOf(level - most);
  }

  @Override
  public long resetMillis(long nowMillis) {
    pass(nowMillis);
    return millisOf(level);
  }

  @Override
  public boolean isOver(long nowMillis) {
    pass(nowMillis);
    return level == 0;
  }

  private void apply(Ask ask, int nodes, long nowMillis) {
    LimitTerms terms = ask.limit();
    amount = Math.max(1, terms.amount());
    periodMillis = terms.period().millis();
    burst = ask.whole();
    // As long as a full bucket takes to run off.
    players.seen(
        nodes, nowMillis, (long) Math.min(LONGEST_MILLIS, burst * (double) periodMillis / amount));
  }

  private void pass(long nowMillis) {
    level -= (nowMillis - atMillis) * perMilli();
    atMillis = nowMillis;
    if (level < NOTHING) {
      level = 0;
      held = 0;
      emptyMillis = nowMillis;
    }
  }

  private long counted() {
    return (long) Math.ceil(level - NOTHING);
  }

  /** How long so much takes to run off, at least a millisecond. */
  private long millisOf(double tokens) {
    return (long) Math.max(1, Math.min(LONGEST_MILLIS, Math.ceil((tokens - NOTHING) / perMilli())));
  }

  private double perMilli() {
    return (double) amount / periodMillis / players.count();
  }
}
