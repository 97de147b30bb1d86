package io.tollgate.proxy.journal;

import io.tollgate.contract.usage.UsageEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that somebody has yet to confirm: where it stands in the journal. The event itself is
 * kept in memory only while that is cheap. Confined to one event loop.
 */
public final class Entry {
  private static final Recipient[] RECIPIENTS = Recipient.values();

  private final long atMillis;
  private int waiting;

  /** Null while it stands in no file. */
  @Nullable Segment segment;

  int offset;
  @Nullable UsageEvent event;
  @Nullable Entry older;
  @Nullable Entry newer;

  Entry(UsageEvent event) {
    this(event.atMillis());
    this.event = event;
    for (Recipient recipient : RECIPIENTS) {
      if (recipient.isConcernedBy(event)) {
        await(recipient);
      }
    }
  }

  Entry(long atMillis) {
    this.atMillis = atMillis;
  }

  /** When its request ended, in milliseconds since the epoch. */
  long atMillis() {
    return atMillis;
  }

  /** Whether he has not confirmed it yet. */
  public boolean awaits(Recipient recipient) {
    return (waiting & recipient.bit()) != 0;
  }

  void await(Recipient recipient) {
    waiting |= recipient.bit();
  }

  void confirmedBy(Recipient recipient) {
    waiting &= ~recipient.bit();
  }

  /** From now on it is the segment that keeps it. */
  void standsAt(Segment place, int at) {
    segment = place;
    offset = at;
    place.lives(at);
  }

  boolean isSettled() {
    return waiting == 0;
  }
}
