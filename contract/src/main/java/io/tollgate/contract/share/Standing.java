package io.tollgate.contract.share;

/**
 * Where a node's part stands.
 *
 * @param part tokens that this node may use in the window
 * @param used tokens it has used of them
 * @param held tokens held by its requests in progress
 * @param resetMillis until the window ends
 */
public record Standing(long part, long used, long held, long resetMillis) {
  Standing within(long millis) {
    return new Standing(part, used, held, Math.min(resetMillis, millis));
  }

  /** Tokens of the part that are neither used nor held. */
  public long remaining() {
    return Math.max(0, part - used - held);
  }
}
