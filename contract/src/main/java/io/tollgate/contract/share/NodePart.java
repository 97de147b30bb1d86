package io.tollgate.contract.share;

/**
 * One node's part of one limit or balance: what is there to be shared, divided by the number of
 * nodes that share it. Windows begin with the first hold after the last one's end; what is settled
 * counts in the window that the hold was taken in, and after its end only an overrun counts, in the
 * window that runs then.
 *
 * <p>A part is never less than one token while there is anything to be shared. As a node admits
 * while anything is left, one answer may cross its part; all nodes together use at most the whole
 * and one answer for each of them, and a part of one token does not change that.
 *
 * <p>Pure arithmetic; times are milliseconds of any one clock. Not thread-safe.
 */
final class NodePart {
  private final long lengthMillis;
  private long capacity;
  private long whole;
  private long endsMillis;
  private long window;
  private int nodes = 1;
  private long used;
  private long held;
  private long askedMillis;
  private int unconfirmed;

  /**
   * @param whole what all nodes may use until {@code endsMillis}
   * @param lengthMillis how long the windows after that are
   */
  NodePart(long whole, long endsMillis, long lengthMillis) {
    this.capacity = whole;
    this.whole = whole;
    this.endsMillis = endsMillis;
    this.lengthMillis = lengthMillis;
  }

  /**
   * A request asks. Within a window a part never grows: a node that has left may have used its own.
   *
   * @param tokens the whole of a window that begins now
   * @param players how many nodes share it now
   */
  void ask(long tokens, int players, long nowMillis) {
    capacity = tokens;
    if (isOver(nowMillis)) {
      begin(nowMillis);
      nodes = players;
    } else {
      nodes = Math.max(nodes, players);
    }
    askedMillis = nowMillis;
  }

  long available() {
    return part() - used - held;
  }

  /**
   * Holds tokens.
   *
   * @return the window they are held in
   */
  long take(long tokens) {
    held += tokens;
    return window;
  }

  /**
   * @param takenIn the window of the hold
   */
  void settle(long takenIn, long tokensHeld, long tokensUsed, long nowMillis) {
    if (takenIn == window && !isOver(nowMillis)) {
      held -= tokensHeld;
      used += tokensUsed;
      return;
    }
    long overrun = Math.max(0, tokensUsed - tokensHeld);
    if (overrun > 0) {
      if (isOver(nowMillis)) {
        begin(nowMillis);
      }
      used += overrun;
    }
  }

  /** What the store has admitted counts here too, as long as this part is kept beside it. */
  void charge(long tokens) {
    used += tokens;
  }

  /** A bill is on its way to the store. */
  void billed() {
    unconfirmed++;
  }

  void confirmed() {
    unconfirmed--;
  }

  boolean awaitsConfirmation() {
    return unconfirmed > 0;
  }

  Standing standing(long nowMillis) {
    return new Standing(part(), used, held, Math.max(1, endsMillis - nowMillis));
  }

  boolean isOver(long nowMillis) {
    return nowMillis >= endsMillis;
  }

  long askedMillis() {
    return askedMillis;
  }

  private void begin(long nowMillis) {
    window++;
    whole = capacity;
    endsMillis = nowMillis + lengthMillis;
    used = 0;
    held = 0;
  }

  private long part() {
    return whole <= 0 ? 0 : Math.max(1, whole / nodes);
  }
}
