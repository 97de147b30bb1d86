package io.tollgate.contract.share;

/**
 * Where a node's part stands.
 *
 * @param part how much this node may use
 * @param used what it has used of that and still counts
 * @param held what its requests in progress hold
 * @param waitMillis until a request can pass that was refused; 0 when it was not
 * @param resetMillis until nothing counts any more of what does now
 */
public record Standing(long part, long used, long held, long waitMillis, long resetMillis) {
  Standing within(long millis) {
    return new Standing(
        part, used, held, Math.min(waitMillis, millis), Math.min(resetMillis, millis));
  }

  /** What of the part is neither used nor held. */
  public long remaining() {
    return Math.max(0, part - used - held);
  }
}
