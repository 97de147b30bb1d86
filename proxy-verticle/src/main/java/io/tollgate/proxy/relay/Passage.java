package io.tollgate.proxy.relay;

/**
 * How an answer's way to the client ended.
 *
 * @param firstByteNanos {@link System#nanoTime} of the first byte of its body; zero when there was
 *     none
 */
public record Passage(End end, long firstByteNanos) {
  /** Who ended it. */
  public enum End {
    /** The provider, with the last byte. */
    WHOLE,
    /** We, before its own end, as no more of it may be used. */
    STOPPED,
    /** The client, by leaving, whether or not the rest was read for the bill. */
    CLIENT_GONE,
    /** The provider, by breaking off. */
    BROKEN_OFF
  }
}
