package io.tollgate.bench.journal;

import io.tollgate.bench.Child;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Puts one kind of store to the test: how long appends take, and what a kill costs. */
final class StoreTrial {
  /** Killed at some number beyond this, in the middle of whatever it does then. */
  private static final long EVENTS_BEFORE_KILL = 20_000;

  private static final Duration KILL_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(7);

  /**
   * What one round has shown.
   *
   * @param nanos of each append
   * @param told how many events the killed process was told are kept
   * @param found how many of them there were afterwards
   */
  record Row(StoreKind kind, int round, Histogram nanos, long told, long found) {
    static final String HEADER =
        "store,round,events,mean_us,p50_us,p99_us,p999_us,max_us,told_before_kill,lost_by_kill";

    long lost() {
      return told - found;
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%s,%d,%d,%.2f,%.2f,%.2f,%.2f,%.2f,%d,%d",
          kind.label(),
          round,
          nanos.getTotalCount(),
          nanos.getMean() / 1e3,
          micros(50),
          micros(99),
          micros(99.9),
          nanos.getMaxValue() / 1e3,
          told,
          lost());
    }

    double micros(double percentile) {
      return nanos.getValueAtPercentile(percentile) / 1e3;
    }
  }

  private final StoreKind kind;
  private final Path dir;

  StoreTrial(StoreKind kind, Path dir) {
    this.kind = kind;
    this.dir = dir;
  }

  Row run(int round, Duration length) throws Exception {
    Histogram nanos = new Histogram(3);
    try (EventStore store = kind.open(fresh(round, "append"))) {
      Written.to(store, length.toMillis(), nanos::recordValue, kept -> {});
    }
    Path killed = fresh(round, "kill");
    Path number = killed.resolve("told");
    Child writer = writer(round, killed, number);
    awaitEvents(writer, number);
    writer.kill();
    writer.awaitEnd();
    long told = told(number);
    try (EventStore store = kind.open(killed)) {
      return new Row(kind, round, nanos, told, Math.min(told, store.count()));
    }
  }

  private static void awaitEvents(Child writer, Path number)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + KILL_LIMIT.toNanos();
    while (told(number) < EVENTS_BEFORE_KILL) {
      writer.requireAlive();
      if (System.nanoTime() > end) {
        writer.kill();
        throw new IOException("only " + told(number) + " events in " + KILL_LIMIT);
      }
      Thread.sleep(POLL);
    }
  }

  private static long told(Path number) throws IOException {
    return Files.exists(number) && Files.size(number) == Long.BYTES
        ? ByteBuffer.wrap(Files.readAllBytes(number)).getLong()
        : 0;
  }

  private Path fresh(int round, String purpose) throws IOException {
    return Files.createDirectories(dir.resolve(kind.label() + "-" + purpose + "-" + round));
  }

  private Child writer(int round, Path folder, Path number) throws IOException {
    return Child.start(
        "writer-" + kind.label() + "-" + round,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            KilledWriter.class.getName(),
            kind.name(),
            folder.toString(),
            number.toString()),
        Map.of(),
        dir);
  }
}
