package io.tollgate.proxy.journal;

import io.tollgate.contract.usage.UsageEvent;
import java.util.Locale;

/** Who has to confirm an event. Each has a byte of his own in a record's head. */
public enum Recipient {
  LIMITER(0),
  QUOTA(1);

  private final int position;

  Recipient(int position) {
    this.position = position;
  }

  /** His name for people. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where his byte is, among those of all. */
  int position() {
    return position;
  }

  int bit() {
    return 1 << position;
  }

  /** Whether the event holds something of his. */
  boolean isConcernedBy(UsageEvent event) {
    return switch (this) {
      case LIMITER -> !event.limitHolds().isEmpty();
      case QUOTA -> !event.quotaHolds().isEmpty();
    };
  }

  /** Whether the event holds something of his in that store. */
  boolean isConcernedBy(UsageEvent event, String store) {
    return switch (this) {
      case LIMITER -> event.limitHolds().stream().anyMatch(hold -> hold.store().equals(store));
      case QUOTA -> event.quotaHolds().stream().anyMatch(hold -> hold.store().equals(store));
    };
  }
}
