package io.tollgate.proxy.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What the journal of a node shows of itself; there from the start, and zero without a journal. */
final class JournalMetrics {
  private static final double MILLIS_PER_SECOND = 1000;

  private final InstantSource clock;
  private final AtomicLong pending = new AtomicLong();
  private final List<LongSupplier> oldest = new CopyOnWriteArrayList<>();
  private final Counter damaged;
  private final Counter unwritten;
  private volatile LongSupplier usedBytes = () -> 0;

  JournalMetrics(MeterRegistry meters, long maxBytes, InstantSource clock) {
    this.clock = clock;
    this.damaged =
        Counter.builder("tollgate.journal.damaged")
            .description("Places in the journal's files that could not be read")
            .register(meters);
    this.unwritten =
        Counter.builder("tollgate.journal.unwritten")
            .description(
                "Events for which the journal had no room, so that they are in memory only")
            .register(meters);
    Gauge.builder("tollgate.journal.bytes", this, self -> self.usedBytes.getAsLong())
        .description("Size of the journal's files that may hold events")
        .baseUnit("bytes")
        .register(meters);
    Gauge.builder("tollgate.journal.max.bytes", () -> maxBytes)
        .description("How large they may become")
        .baseUnit("bytes")
        .register(meters);
    Gauge.builder("tollgate.journal.pending", pending, AtomicLong::get)
        .description("Events that somebody has yet to confirm")
        .register(meters);
    Gauge.builder("tollgate.journal.oldest.seconds", this, JournalMetrics::oldestSeconds)
        .description("Age of the oldest event that somebody has yet to confirm")
        .register(meters);
  }

  void damaged(int places) {
    damaged.increment(places);
  }

  void unwritten() {
    unwritten.increment();
  }

  void added(int events) {
    pending.addAndGet(events);
  }

  void settled(int events) {
    pending.addAndGet(-events);
  }

  void bytesIn(SegmentPool pool) {
    usedBytes = pool::usedBytes;
  }

  /**
   * @param millis since the epoch; {@link Long#MAX_VALUE} for none; safe on any thread
   */
  void watchOldest(LongSupplier millis) {
    oldest.add(millis);
  }

  void forgetOldest(LongSupplier millis) {
    oldest.remove(millis);
  }

  private double oldestSeconds() {
    long millis = oldest.stream().mapToLong(LongSupplier::getAsLong).min().orElse(Long.MAX_VALUE);
    return millis == Long.MAX_VALUE ? 0 : Math.max(0, clock.millis() - millis) / MILLIS_PER_SECOND;
  }
}
