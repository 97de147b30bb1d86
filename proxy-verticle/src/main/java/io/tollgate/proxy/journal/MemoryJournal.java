package io.tollgate.proxy.journal;

import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No journal: what is not confirmed dies with the process. */
final class MemoryJournal implements LoopJournal {
  private static final Logger log = LoggerFactory.getLogger(MemoryJournal.class);

  static final int MAX_EVENTS = 100_000;

  private final JournalMetrics metrics;
  private final EntryList pending = new EntryList();

  MemoryJournal(JournalMetrics metrics) {
    this.metrics = metrics;
  }

  /** Nothing was left. */
  @Override
  public void begin(Deliveries deliveries) {}

  @Override
  public @Nullable Entry append(UsageEvent event) {
    if (pending.size() >= MAX_EVENTS) {
      return null;
    }
    Entry entry = new Entry(event);
    pending.add(entry);
    metrics.added(1);
    return entry;
  }

  @Override
  public @Nullable UsageEvent read(Entry entry) {
    return entry.event;
  }

  @Override
  public void confirm(Entry entry, Recipient by) {
    entry.confirmedBy(by);
    if (entry.isSettled()) {
      pending.remove(entry);
      metrics.settled(1);
    }
  }

  @Override
  public boolean refusesMore() {
    return false;
  }

  @Override
  public Future<Void> durable() {
    return Future.succeededFuture();
  }

  /** What was confirmed is not kept, so there is nothing to wake. */
  @Override
  public void reopen(String store) {}

  @Override
  public Future<Void> close() {
    metrics.settled(pending.size());
    if (pending.size() > 0) {
      log.error(
          "{} settlements were not confirmed and are lost: there is no journal", pending.size());
    }
    return Future.succeededFuture();
  }
}
