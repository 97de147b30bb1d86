package io.tollgate.contract.quota;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@link AuditQuery}. */
public sealed interface AuditTrail {
  /** The changes, the newest first. */
  record Entries(List<Entry> entries) implements AuditTrail {
    public Entries {
      entries = List.copyOf(entries);
    }
  }

  /** The node that answered knows no such account. */
  record NoSuchAccount(String account) implements AuditTrail {}

  /**
   * The store did not tell.
   *
   * @param reason for an administrator's eyes; without secrets
   */
  record StoreFailed(String reason) implements AuditTrail {}

  /**
   * One change of a balance that no request has made.
   *
   * @param id unique on the balance, rising
   * @param atMillis by the clock of Redis, since the epoch
   * @param who changed it; {@code tollgate} for what a budget does by itself
   * @param what {@code set}, {@code add}, {@code grant}, {@code begin}, {@code reset}, {@code edit}
   *     or {@code expire}
   * @param expiresAtMillis when what is left of a grant is taken away, since the epoch; null for
   *     never, and for all but grants
   * @param tokens the new balance of a {@code set}; else what was added, negative when taken away
   * @param before the balance before; null when there was none to read
   * @param why the reason that was given; of a reset what was granted, carried over and lost
   */
  record Entry(
      String id,
      long atMillis,
      String who,
      String what,
      @Nullable Long expiresAtMillis,
      long tokens,
      @Nullable Long before,
      long after,
      String why) {}
}
