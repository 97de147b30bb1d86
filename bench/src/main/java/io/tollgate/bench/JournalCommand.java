package io.tollgate.bench;

import io.tollgate.bench.journal.StoreComparison;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code bench/run journal}: what it costs to lose nothing. */
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Measures the journal: appends beside H2's MVStore and SQLite, what each loses at kill -9,",
      "and a gateway without a journal beside gateways with each journal.sync, in turns."
    })
final class JournalCommand implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--rounds", defaultValue = "5", description = "of each measurement")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "5", description = "of each measurement")
  private int seconds;

  @Option(names = "--warm-up", defaultValue = "20", description = "seconds, of each gateway")
  private int warmUpSeconds;

  @Option(names = "--connections", defaultValue = "64", description = "with short requests")
  private int connections;

  @Override
  public Integer call() throws Exception {
    Tools.require("wrk");
    Results results = Results.in(bench.home());
    Path dir = results.dir();
    Duration length = Duration.ofSeconds(seconds);
    StoreComparison stores = new StoreComparison(dir);
    stores.run(rounds, length);
    results.write("journal-stores", stores.header(), stores.lines());
    System.out.println(stores.text());
    try (JournalGateways gateways = JournalGateways.start(bench.home(), dir)) {
      gateways.run(
          new Wrk(connections, dir),
          Scenario.SHORT,
          rounds,
          length,
          Duration.ofSeconds(warmUpSeconds));
      results.write(
          "journal", Sample.HEADER, gateways.samples().stream().map(Sample::line).toList());
      System.out.println(gateways.text());
      return gateways.samples().stream().allMatch(sample -> sample.errors() == 0) ? 0 : 1;
    }
  }
}
