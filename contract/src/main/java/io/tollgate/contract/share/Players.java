package io.tollgate.contract.share;

/**
 * Among how many nodes something is shared that has no windows. When nodes come it are more at
 * once; when they go, fewer only after what they may have used counts no more.
 */
final class Players {
  private int most = 1;
  private long mostSeenMillis = Long.MIN_VALUE;
  private int mostSinceThen;

  /**
   * @param players how many there are now
   * @param memoryMillis how long one that has left is counted
   */
  void seen(int players, long nowMillis, long memoryMillis) {
    mostSinceThen = Math.max(mostSinceThen, players);
    if (mostSinceThen >= most || nowMillis - memoryMillis >= mostSeenMillis) {
      most = mostSinceThen;
      mostSeenMillis = nowMillis;
      mostSinceThen = 0;
    }
  }

  int count() {
    return most;
  }
}
