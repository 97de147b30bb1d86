package io.tollgate.proxy.journal;

import java.util.List;

/**
 * A segment that an earlier run has left.
 *
 * @param live what nobody has confirmed yet
 */
record LeftSegment(Segment segment, List<Entry> live) {
  LeftSegment {
    live = List.copyOf(live);
  }

  /** Whether nobody needs it any more: all is settled, and was before that second. */
  boolean isOver(long second) {
    return segment.isSettled() && segment.lastConfirmedSeconds() < second;
  }

  /** When the oldest request in it ended; {@link Long#MAX_VALUE} when all are settled. */
  long oldestMillis() {
    return live.stream().mapToLong(Entry::atMillis).min().orElse(Long.MAX_VALUE);
  }
}
