package io.tollgate.proxy.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.JournalConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of a node, which its event loops share: opened by the first that joins, closed by the
 * last that leaves. Safe on any thread.
 */
public final class Journal {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final String WORKERS = "tollgate-journal";
  private static final int MOST_WORKERS = 4;

  private final JournalConfig config;
  private final Path directory;
  private final JournalMetrics metrics;
  private final Queue<LeftSegment> left = new ConcurrentLinkedQueue<>();
  private final LongSupplier oldestLeft = this::oldestLeftMillis;
  private @Nullable SegmentPool pool;
  private int members;

  /** What one event loop gets when it joins. */
  record Share(
      SegmentPool pool, Queue<LeftSegment> left, long keepSeconds, Segment current, Segment next) {}

  /**
   * @param dataDir the node's; the journal is in a directory of its own below it
   */
  public Journal(JournalConfig config, Path dataDir, MeterRegistry meters) {
    this.config = config;
    this.directory = dataDir.resolve("journal");
    this.metrics = new JournalMetrics(meters, config.maxBytes(), InstantSource.system());
  }

  /**
   * Called on the event loop that joins.
   *
   * @return fails, with the directory and what to do, when files can't be made there
   */
  public Future<LoopJournal> join(Vertx vertx) {
    if (!config.enabled()) {
      return Future.succeededFuture(new MemoryJournal(metrics));
    }
    WorkerExecutor worker = vertx.createSharedWorkerExecutor(WORKERS, MOST_WORKERS);
    return worker
        .executeBlocking(this::enter, false)
        .<LoopJournal>map(
            share ->
                new SegmentedJournal(
                    vertx,
                    worker,
                    config,
                    share,
                    metrics,
                    InstantSource.system(),
                    () -> leave(worker)))
        .recover(
            fault ->
                worker.close().transform((closed, any) -> Future.failedFuture(explained(fault))));
  }

  private IllegalStateException explained(Throwable fault) {
    return new IllegalStateException(
        "the journal can't be kept in %s: %s; make room or give rights there, set node.data_dir to another folder, or journal.enabled to false"
            .formatted(directory, fault),
        fault);
  }

  private synchronized Share enter() throws IOException {
    SegmentPool shared = pool == null ? open() : pool;
    // What is left may take all the room there is; a node must be able to start and deliver it.
    Share share =
        new Share(shared, left, seconds(config.keep()), shared.takeAnyway(), shared.takeAnyway());
    pool = shared;
    members++;
    return share;
  }

  private SegmentPool open() throws IOException {
    SegmentFiles files = new SegmentFiles(directory);
    files.open();
    SegmentPool opened = new SegmentPool(files, config.maxBytes());
    List<LeftSegment> found = new Recovery(files, opened.segmentBytes(), metrics).run();
    long nowSeconds = InstantSource.system().millis() / 1000;
    List<LeftSegment> kept = new ArrayList<>();
    for (LeftSegment segment : found) {
      opened.adopt(segment.segment());
      if (segment.isOver(nowSeconds - seconds(config.keep()))) {
        opened.giveBack(segment.segment());
      } else {
        kept.add(segment);
      }
    }
    int events = kept.stream().mapToInt(segment -> segment.live().size()).sum();
    if (events > 0) {
      log.info("the journal holds {} events of an earlier run; they are delivered now", events);
    }
    left.addAll(kept);
    metrics.added(events);
    metrics.bytesIn(opened);
    metrics.watchOldest(oldestLeft);
    return opened;
  }

  private Future<Void> leave(WorkerExecutor worker) {
    synchronized (this) {
      members--;
      if (members == 0) {
        metrics.settled(left.stream().mapToInt(segment -> segment.live().size()).sum());
        metrics.forgetOldest(oldestLeft);
        left.clear();
        pool = null;
      }
    }
    return worker.close();
  }

  private long oldestLeftMillis() {
    return left.stream().mapToLong(LeftSegment::oldestMillis).min().orElse(Long.MAX_VALUE);
  }

  private static long seconds(Duration duration) {
    return Math.ceilDiv(duration.toMillis(), 1000);
  }
}
