package io.tollgate.proxy.upstream;

import io.tollgate.contract.limiter.ProviderHealth.Reading;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How one provider does: what it is asked now, and what came of what it was asked in the last
 * {@link #SECONDS}. One for all event loops of a node; thread-safe.
 */
final class Pulse {
  static final int SECONDS = 10;

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What happened in one second. */
  private record Tally(long second, long asked, long failed, long answered, long nanos) {}

  private final String provider;
  private final LongSupplier nanos;
  private final @Nullable Tally[] tallies = new Tally[SECONDS];
  private long inFlight;

  Pulse(String provider, LongSupplier nanos) {
    this.provider = provider;
    this.nanos = nanos;
  }

  /** A request that is on its way; {@link #over} however it ends. Confined to one event loop. */
  final class Beat {
    private final long begunNanos = nanos.getAsLong();
    private boolean isOver;

    /** The first byte came. */
    void answered(boolean failed) {
      add(1, failed ? 1 : 0, 1, nanos.getAsLong() - begunNanos);
    }

    /** No byte came, and none will. */
    void failed() {
      add(1, 1, 0, 0);
      over();
    }

    /** Nothing more is to come. */
    void over() {
      if (!isOver) {
        isOver = true;
        end();
      }
    }
  }

  synchronized Beat begin() {
    inFlight++;
    return new Beat();
  }

  synchronized Reading reading() {
    long now = second();
    long asked = 0;
    long failed = 0;
    long answered = 0;
    long waitedNanos = 0;
    for (Tally tally : tallies) {
      if (tally != null && now - tally.second() < SECONDS) {
        asked += tally.asked();
        failed += tally.failed();
        answered += tally.answered();
        waitedNanos += tally.nanos();
      }
    }
    long latencyMillis = TimeUnit.NANOSECONDS.toMillis(waitedNanos);
    return new Reading(provider, inFlight, asked, failed, answered, latencyMillis);
  }

  private synchronized void add(long asked, long failed, long answered, long waitedNanos) {
    long now = second();
    int place = Math.floorMod(now, SECONDS);
    Tally last = tallies[place];
    tallies[place] =
        last == null || last.second() != now
            ? new Tally(now, asked, failed, answered, waitedNanos)
            : new Tally(
                now,
                last.asked() + asked,
                last.failed() + failed,
                last.answered() + answered,
                last.nanos() + waitedNanos);
  }

  private synchronized void end() {
    inFlight--;
  }

  private long second() {
    return Math.floorDiv(nanos.getAsLong(), NANOS_PER_SECOND);
  }
}
