package io.tollgate.bench.journal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.journal.Journal;
import io.tollgate.proxy.journal.LoopJournal;
import io.tollgate.proxy.journal.Recipient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal as the gateway uses it, on an event loop. What an earlier run has left is counted.
 */
final class MappedStore implements EventStore {
  private static final long LIMIT_SECONDS = 30;
  private static final long MAX_BYTES = 1L << 30;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong found = new AtomicLong();
  private final Loop loop;

  MappedStore(Path dir) throws Exception {
    loop = new Loop(new Journal(config(), dir, meters), found);
    vertx.deployVerticle(loop).await(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static JournalConfig config() {
    return new JournalConfig(
        true, Sync.INTERVAL, Duration.ofSeconds(1), MAX_BYTES, Duration.ZERO, OnFull.REFUSE);
  }

  @Override
  public void append(List<UsageEvent> events, LongConsumer nanos) throws Exception {
    CompletableFuture<Void> written = new CompletableFuture<>();
    loop.append(events, nanos, written);
    written.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Those that an earlier run has left. */
  @Override
  public long count() throws InterruptedException {
    while (meters.get("tollgate.journal.pending").gauge().value() > 0) {
      Thread.sleep(Duration.ofMillis(10));
    }
    return found.get();
  }

  @Override
  public void close() throws IOException {
    try {
      vertx.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("the journal did not close", e);
    }
  }

  private static final class Loop extends VerticleBase {
    private final Journal journal;
    private final AtomicLong found;
    private @Nullable LoopJournal kept;

    Loop(Journal journal, AtomicLong found) {
      this.journal = journal;
      this.found = found;
    }

    @Override
    public Future<?> start() {
      return journal.join(vertx).onSuccess(this::begin);
    }

    private void begin(LoopJournal joined) {
      kept = joined;
      joined.begin(
          (entry, to) -> {
            joined.confirm(entry, to);
            if (to == Recipient.QUOTA) {
              found.incrementAndGet();
            }
          });
    }

    void append(List<UsageEvent> events, LongConsumer nanos, CompletableFuture<Void> written) {
      LoopJournal journal = Objects.requireNonNull(kept, "not joined");
      context.runOnContext(
          turn -> {
            for (UsageEvent event : events) {
              long start = System.nanoTime();
              journal.append(event);
              nanos.accept(System.nanoTime() - start);
            }
            written.complete(null);
          });
    }

    @Override
    public Future<?> stop() {
      return kept == null ? Future.succeededFuture() : kept.close();
    }
  }
}
