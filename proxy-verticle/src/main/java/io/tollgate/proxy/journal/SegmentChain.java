package io.tollgate.proxy.journal;

import io.vertx.core.WorkerExecutor;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one event loop: those that are full, the one that is filled, and the next, which
 * is ready before it is needed. Confined to that loop; what blocks is left to a worker.
 */
final class SegmentChain {
  private static final Logger log = LoggerFactory.getLogger(SegmentChain.class);

  /** So many at once give up what they keep, when there is no room. */
  private static final int EARLY_RELEASES = 4;

  /** A segment that lives by less than this part of it is emptied, when there is no room. */
  private static final int SPARSE_PART = 4;

  private final SegmentPool pool;
  private final WorkerExecutor worker;
  private final Flushing flushing;
  private final EntryList pending;
  private final InstantSource clock;
  private final Runnable whenRoom;
  private final long keepSeconds;
  private final Deque<Segment> full = new ArrayDeque<>();
  private Segment current;
  private @Nullable Segment next;
  private boolean asking;
  private boolean starved;

  /**
   * @param pending the events that stand in these segments
   * @param whenRoom what to do when the next segment has come
   */
  SegmentChain(
      Journal.Share share,
      WorkerExecutor worker,
      Flushing flushing,
      EntryList pending,
      InstantSource clock,
      Runnable whenRoom) {
    this.clock = clock;
    this.whenRoom = whenRoom;
    this.pool = share.pool();
    this.keepSeconds = share.keepSeconds();
    this.worker = worker;
    this.flushing = flushing;
    this.pending = pending;
    this.current = share.current();
    this.next = share.next();
    flushing.begin(current);
  }

  /**
   * @return whether there was room
   */
  boolean place(Entry entry, byte[] payload) {
    if (!current.hasRoomFor(payload.length) && !moveOn(payload.length)) {
      return false;
    }
    entry.standsAt(current, current.append(payload));
    // Last, as the answer may come at once and place others before this returns.
    refill();
    return true;
  }

  /** Whether what is filled now is the last. */
  boolean isFull() {
    return next == null && starved;
  }

  void adopt(Segment segment) {
    full.addLast(segment);
  }

  /** Whether a segment is on its way. */
  boolean isAboutToHaveRoom() {
    return next != null || asking;
  }

  List<Segment> all() {
    List<Segment> all = new ArrayList<>(full);
    all.add(current);
    return all;
  }

  /** Looks after room; to be called again and again. */
  void tend() {
    // What this loop keeps may be what another one needs.
    release(pool.isShort() ? EARLY_RELEASES : 0);
    refill();
  }

  private boolean moveOn(int payloadBytes) {
    Segment following = next;
    if (following == null || !following.hasRoomFor(payloadBytes)) {
      return false;
    }
    next = null;
    fill(following);
    return true;
  }

  private void fill(Segment following) {
    full.addLast(current);
    current = following;
    flushing.begin(following);
  }

  private void refill() {
    if (next == null && !asking) {
      asking = true;
      worker
          .executeBlocking(pool::take, false)
          .onFailure(
              fault -> log.error("the journal gets no more room on disk: {}", fault.toString()))
          .onComplete(
              (found, fault) -> {
                asking = false;
                next = found == null ? null : found.orElse(null);
                starved = next == null;
                if (!starved) {
                  whenRoom.run();
                } else if (!release(EARLY_RELEASES)) {
                  compact();
                }
              });
    }
  }

  /**
   * Gives back what is settled for long enough.
   *
   * @param early so many that are settled at all
   * @return whether there was any
   */
  private boolean release(int early) {
    long since = clock.millis() / 1000 - keepSeconds;
    List<Segment> released = new ArrayList<>();
    for (Segment segment : full) {
      if (segment.isSettled()
          && (segment.lastConfirmedSeconds() < since || released.size() < early)) {
        released.add(segment);
      }
    }
    full.removeAll(released);
    released.forEach(this::giveBack);
    return !released.isEmpty();
  }

  /**
   * Moves the few live events of one segment on, so that they don't hold the whole of it. Where
   * there is no room even for these, one segment more than allowed is taken for a moment.
   */
  private void compact() {
    Optional<Segment> sparse = sparsest();
    if (sparse.isPresent() && sparse.get().liveBytes() <= current.room()) {
      empty(sparse.get());
    } else if (sparse.isPresent()) {
      asking = true;
      worker
          .executeBlocking(pool::takeAnyway, false)
          .onComplete(
              (extra, fault) -> {
                asking = false;
                if (extra != null) {
                  fill(extra);
                  sparsest().ifPresent(this::empty);
                }
              });
    }
  }

  private Optional<Segment> sparsest() {
    return full.stream()
        .filter(segment -> segment.liveBytes() <= segment.size() / SPARSE_PART)
        .min(Comparator.comparingInt(Segment::liveBytes));
  }

  private void empty(Segment segment) {
    for (Entry entry : pending.all(entry -> entry.segment == segment)) {
      int copy = current.append(segment, entry.offset);
      segment.settled(entry.offset);
      entry.standsAt(current, copy);
    }
    full.remove(segment);
    flushing.flush().onComplete(safe -> giveBack(segment));
  }

  private void giveBack(Segment segment) {
    flushing.forget(segment);
    worker
        .executeBlocking(() -> pool.giveBack(segment), false)
        .onFailure(fault -> log.error("the journal could not use {} again", segment.file(), fault))
        .onComplete(done -> refill());
  }
}
