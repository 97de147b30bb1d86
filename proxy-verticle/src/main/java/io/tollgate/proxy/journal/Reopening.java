package io.tollgate.proxy.journal;

import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through what was confirmed of late and has it delivered again where a store was replaced:
 * one segment in each turn of the event loop, as there may be many events.
 */
final class Reopening {
  private static final Logger log = LoggerFactory.getLogger(Reopening.class);

  private final Vertx vertx;
  private final SegmentChain chain;
  private final EntryList pending;
  private final JournalMetrics metrics;
  private final Deliveries deliveries;
  private int events;

  Reopening(
      Vertx vertx,
      SegmentChain chain,
      EntryList pending,
      JournalMetrics metrics,
      Deliveries deliveries) {
    this.vertx = vertx;
    this.chain = chain;
    this.pending = pending;
    this.metrics = metrics;
    this.deliveries = deliveries;
  }

  /**
   * @param since since when, in seconds since the epoch
   */
  void begin(String store, long since) {
    next(new ArrayDeque<>(chain.all()), store, since);
  }

  private void next(Deque<Segment> segments, String store, long since) {
    Segment segment = segments.poll();
    if (segment == null) {
      log.info("store {} was replaced: {} settlements are delivered again", store, events);
      return;
    }
    // Another turn may have given it back.
    if (segment.lastConfirmedSeconds() >= since && chain.all().contains(segment)) {
      wake(segment, store, since);
    }
    vertx.runOnContext(turn -> next(segments, store, since));
  }

  private void wake(Segment segment, String store, long since) {
    Map<Integer, Entry> live = new HashMap<>();
    pending.all(entry -> entry.segment == segment).forEach(entry -> live.put(entry.offset, entry));
    for (int offset : segment.records()) {
      if (segment.confirmedSeconds(offset) >= since) {
        wake(segment, offset, live.get(offset), store);
      }
    }
  }

  private void wake(Segment segment, int offset, @Nullable Entry known, String store) {
    UsageEvent event;
    try {
      event = RecordJson.read(segment.payload(offset), UsageEvent.class);
    } catch (IOException e) {
      metrics.damaged(1);
      log.error("the journal's file {} has lost the event at byte {}", segment.file(), offset);
      return;
    }
    Entry entry = known;
    for (Recipient recipient : Recipient.values()) {
      if (recipient.isConcernedBy(event, store) && segment.isConfirmed(offset, recipient)) {
        if (entry == null) {
          entry = new Entry(event.atMillis());
          entry.standsAt(segment, offset);
          pending.add(entry);
          metrics.added(1);
        }
        segment.await(offset, recipient);
        entry.await(recipient);
        deliveries.deliver(entry, recipient);
        events++;
      }
    }
  }
}
