package io.tollgate.bench.journal;

import io.tollgate.bench.journal.StoreTrial.Row;
import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.usage.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The ways to keep events, one after another in each round. */
public final class StoreComparison {
  private static final int ENCODINGS = 100_000;

  private final Path dir;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param dir for the stores and logs of this run
   */
  public StoreComparison(Path dir) {
    this.dir = dir;
  }

  /** Takes about twenty seconds and four times the length for each round. */
  public void run(int rounds, Duration length) throws Exception {
    for (int round = 1; round <= rounds; round++) {
      for (StoreKind kind : StoreKind.values()) {
        Row row = new StoreTrial(kind, dir).run(round, length);
        System.out.println(row.line());
        rows.add(row);
      }
    }
  }

  /** The columns of {@link #lines}. */
  public String header() {
    return Row.HEADER;
  }

  /** The raw rows. */
  public List<String> lines() {
    return rows.stream().map(Row::line).toList();
  }

  /** Medians over the rounds. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "\nwriting one event down     mean us   p50 us   p99 us  p99.9 us    lost by kill -9\n");
    for (StoreKind kind : StoreKind.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-22s %9.2f %8.2f %8.2f %9.2f %12.0f of %.0f%n",
              kind.label(),
              median(kind, row -> row.nanos().getMean() / 1e3),
              median(kind, row -> row.micros(50)),
              median(kind, row -> row.micros(99)),
              median(kind, row -> row.micros(99.9)),
              median(kind, Row::lost),
              median(kind, Row::told)));
    }
    UsageEvent event = Written.event();
    text.append(
        String.format(
            Locale.ROOT,
            "  of which JSON %.2f us, %d bytes%n",
            encodingMicros(event),
            RecordJson.write(event).length));
    return text.toString();
  }

  private static double encodingMicros(UsageEvent event) {
    Histogram nanos = new Histogram(3);
    long bytes = 0;
    for (int i = 0; i < ENCODINGS; i++) {
      long start = System.nanoTime();
      bytes += RecordJson.write(event).length;
      nanos.recordValue(System.nanoTime() - start);
    }
    return bytes == 0 ? 0 : nanos.getValueAtPercentile(50) / 1e3;
  }

  private double median(StoreKind kind, ToDoubleFunction<Row> field) {
    double[] values =
        rows.stream().filter(row -> row.kind() == kind).mapToDouble(field).sorted().toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }
}
