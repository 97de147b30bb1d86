package io.tollgate.contract.config;

import java.time.Duration;

/**
 * The journal of a node that serves requests: what they used, on disk until it is settled.
 *
 * @param enabled without it, usage that is not settled yet dies with the process
 * @param syncInterval how often what was written is made to survive a loss of power; with {@link
 *     Sync#INTERVAL} only
 * @param maxBytes the most that its files may take
 * @param keep how long a settled event stays, to be settled again where a store was replaced
 */
public record JournalConfig(
    boolean enabled,
    Sync sync,
    Duration syncInterval,
    long maxBytes,
    Duration keep,
    OnFull onFull) {

  /** When what was written survives a loss of power. It survives the process in any case. */
  public enum Sync {
    /** When the system writes it out by itself. */
    NEVER,
    /** After {@link #syncInterval} at most. */
    INTERVAL,
    /** Before the client has the end of its answer. */
    ALWAYS
  }

  /** What becomes of new requests while the journal has no room. */
  public enum OnFull {
    /** Those that would hold tokens are refused. */
    REFUSE,
    /** They are served, and what they used is kept in memory. */
    PASS
  }
}
