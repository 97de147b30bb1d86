package io.tollgate.proxy.journal;

import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A journal in files. */
final class SegmentedJournal implements LoopJournal {
  private static final Logger log = LoggerFactory.getLogger(SegmentedJournal.class);
  private static final long TICK_MILLIS = 250;
  private static final long SYNC_LIMIT_MILLIS = 5000;

  /** So many events that wait are kept in memory, too, so that they need not be read back. */
  private static final int MOST_IN_MEMORY = 4096;

  private final Vertx vertx;
  private final InstantSource clock;
  private final Journal.Share share;
  private final JournalMetrics metrics;
  private final JournalConfig config;
  private final Supplier<Future<Void>> leave;
  private final Flushing flushing;
  private final SegmentChain chain;
  private final EntryList pending = new EntryList();
  private final Deque<Entry> unwritten = new ArrayDeque<>();
  private final List<Long> timers = new ArrayList<>();
  private final LongSupplier oldest = this::oldestMillis;
  private volatile long oldestMillis = Long.MAX_VALUE;
  private Deliveries deliveries = (entry, to) -> {};
  private int inMemory;
  private int newlyUnwritten;
  private String lastUnwritten = "";

  SegmentedJournal(
      Vertx vertx,
      WorkerExecutor worker,
      JournalConfig config,
      Journal.Share share,
      JournalMetrics metrics,
      InstantSource clock,
      Supplier<Future<Void>> leave) {
    this.vertx = vertx;
    this.clock = clock;
    this.share = share;
    this.metrics = metrics;
    this.config = config;
    this.leave = leave;
    this.flushing = new Flushing(worker);
    this.chain = new SegmentChain(share, worker, flushing, pending, clock, this::writeLate);
  }

  @Override
  public void begin(Deliveries deliveries) {
    this.deliveries = deliveries;
    metrics.watchOldest(oldest);
    timers.add(vertx.setPeriodic(1, TICK_MILLIS, tick -> tend()));
    if (config.sync() == Sync.INTERVAL) {
      timers.add(vertx.setPeriodic(config.syncInterval().toMillis(), tick -> flushing.flush()));
    }
  }

  @Override
  public @Nullable Entry append(UsageEvent event) {
    Entry entry = new Entry(event);
    // First, as writing may move what is pending from one segment to another.
    pending.add(entry);
    if (!write(entry, event)) {
      if (unwritten.size() >= MemoryJournal.MAX_EVENTS) {
        pending.remove(entry);
        return null;
      }
      unwritten.addLast(entry);
      newlyUnwritten++;
      lastUnwritten = event.requestId();
      metrics.unwritten();
    }
    metrics.added(1);
    return entry;
  }

  private boolean write(Entry entry, UsageEvent event) {
    if (!chain.place(entry, RecordJson.write(event))) {
      return false;
    }
    if (inMemory < MOST_IN_MEMORY) {
      inMemory++;
    } else {
      entry.event = null;
    }
    return true;
  }

  @Override
  public @Nullable UsageEvent read(Entry entry) {
    Segment segment = entry.segment;
    if (entry.event != null || segment == null) {
      return entry.event;
    }
    try {
      return RecordJson.read(segment.payload(entry.offset), UsageEvent.class);
    } catch (IOException e) {
      metrics.damaged(1);
      log.error(
          "the journal's file {} has lost the event at byte {}", segment.file(), entry.offset);
      return null;
    }
  }

  @Override
  public void confirm(Entry entry, Recipient by) {
    entry.confirmedBy(by);
    Segment segment = entry.segment;
    if (segment != null) {
      segment.confirm(entry.offset, by, nowSeconds());
    }
    if (entry.isSettled()) {
      pending.remove(entry);
      metrics.settled(1);
      if (segment != null) {
        segment.settled(entry.offset);
        inMemory -= entry.event == null ? 0 : 1;
      }
      entry.event = null;
    }
  }

  @Override
  public boolean refusesMore() {
    return chain.isFull() && config.onFull() == OnFull.REFUSE;
  }

  @Override
  public Future<Void> durable() {
    if (config.sync() != Sync.ALWAYS) {
      return Future.succeededFuture();
    }
    Promise<Void> synced = Promise.promise();
    long timer =
        vertx.setTimer(
            SYNC_LIMIT_MILLIS,
            late -> {
              if (synced.tryComplete()) {
                log.error(
                    "the journal is not synced after {} ms; answers go on", SYNC_LIMIT_MILLIS);
              }
            });
    flushing
        .flush()
        .onComplete(
            end -> {
              vertx.cancelTimer(timer);
              synced.tryComplete();
            });
    return synced.future();
  }

  @Override
  public void reopen(String store) {
    new Reopening(vertx, chain, pending, metrics, deliveries)
        .begin(store, nowSeconds() - share.keepSeconds());
  }

  @Override
  public Future<Void> close() {
    if (!unwritten.isEmpty() && chain.isAboutToHaveRoom()) {
      return vertx.timer(1, TimeUnit.MILLISECONDS).compose(later -> close());
    }
    timers.forEach(vertx::cancelTimer);
    metrics.forgetOldest(oldest);
    metrics.settled(pending.size());
    long lost = unwritten.stream().filter(entry -> !entry.isSettled()).count();
    if (lost > 0) {
      log.error("{} settlements for which the journal had no room are lost", lost);
    }
    if (pending.size() > lost) {
      log.warn(
          "{} settlements are not confirmed; they stay in the journal for the next start",
          pending.size() - lost);
    }
    return flushing.flush().eventually(leave);
  }

  private void tend() {
    chain.tend();
    writeLate();
    tellUnwritten();
    adoptSome();
    Entry first = pending.oldest();
    oldestMillis = first == null ? Long.MAX_VALUE : first.atMillis();
  }

  /** Writes what had to wait in memory, as far as there is room again. */
  private void writeLate() {
    while (!unwritten.isEmpty()) {
      Entry entry = unwritten.removeFirst();
      UsageEvent event = entry.event;
      if (event != null && !write(entry, event)) {
        unwritten.addFirst(entry);
        return;
      }
      markConfirmed(entry);
    }
  }

  /** Somebody may have confirmed it while it was in memory only. */
  private void markConfirmed(Entry entry) {
    Segment segment = entry.segment;
    for (Recipient recipient : Recipient.values()) {
      if (segment != null && !entry.awaits(recipient)) {
        segment.confirm(entry.offset, recipient, nowSeconds());
      }
    }
  }

  private void tellUnwritten() {
    if (newlyUnwritten > 0) {
      log.warn(
          "the journal had no room for what {} requests used, the last of them {}: it is in memory",
          newlyUnwritten,
          lastUnwritten);
      newlyUnwritten = 0;
    }
  }

  private void adoptSome() {
    while (pending.size() < MOST_IN_MEMORY) {
      LeftSegment found = share.left().poll();
      if (found == null) {
        return;
      }
      adopt(found);
    }
  }

  private void adopt(LeftSegment found) {
    chain.adopt(found.segment());
    for (Entry entry : found.live().reversed()) {
      pending.add(entry);
    }
    for (Entry entry : found.live()) {
      for (Recipient recipient : Recipient.values()) {
        if (entry.awaits(recipient)) {
          deliveries.deliver(entry, recipient);
        }
      }
    }
  }

  private long oldestMillis() {
    return oldestMillis;
  }

  private long nowSeconds() {
    return clock.millis() / 1000;
  }
}
