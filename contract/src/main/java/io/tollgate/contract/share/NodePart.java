package io.tollgate.contract.share;

/** One node's part of one limit or balance, and what of it the store is to be told. */
final class NodePart {
  private Tally tally;
  private long askedMillis;
  private int unconfirmed;

  NodePart(Tally tally) {
    this.tally = tally;
  }

  /** The part of a rule that counts another way from now on, and keeps what is counted. */
  void replace(Tally other, long nowMillis) {
    other.charge(tally.used(nowMillis) + tally.held(nowMillis), nowMillis);
    tally = other;
  }

  void ask(Ask ask, int players, long nowMillis) {
    tally.ask(ask, players, nowMillis);
    askedMillis = nowMillis;
  }

  /** How it counts now, which is what holds are taken in. */
  Tally tally() {
    return tally;
  }

  /**
   * A request has ended.
   *
   * @param heldIn how the part counted when the hold was taken: what another way of counting has
   *     taken over counts as used, and only what is used beyond that comes to it
   */
  void settle(Tally heldIn, long takenMillis, long tokensHeld, long tokensUsed, long nowMillis) {
    if (heldIn == tally) {
      tally.settle(takenMillis, tokensHeld, tokensUsed, nowMillis);
    } else if (tokensUsed > tokensHeld) {
      tally.charge(tokensUsed - tokensHeld, nowMillis);
    }
  }

  /** A bill is on its way to the store. */
  void billed() {
    unconfirmed++;
  }

  void confirmed() {
    unconfirmed--;
  }

  /** Whether the store may not know of all that went by this part. */
  boolean isAheadOfStore(long nowMillis, long longestWaitMillis) {
    boolean awaits = unconfirmed > 0 && nowMillis - askedMillis < longestWaitMillis;
    return awaits || (tally instanceof ProgressTally running && running.unknownToStore() > 0);
  }

  long askedMillis() {
    return askedMillis;
  }

  /** For a request that passes. */
  Standing standing(long nowMillis) {
    return standing(0, nowMillis);
  }

  /** For a request that is refused, as it needs so much. */
  Standing refusing(long needed, long nowMillis) {
    return standing(tally.waitMillis(needed, nowMillis), nowMillis);
  }

  private Standing standing(long waitMillis, long nowMillis) {
    return new Standing(
        tally.part(nowMillis),
        tally.used(nowMillis),
        tally.held(nowMillis),
        waitMillis,
        tally.resetMillis(nowMillis));
  }
}
