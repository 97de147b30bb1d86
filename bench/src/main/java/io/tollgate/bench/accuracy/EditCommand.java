package io.tollgate.bench.accuracy;

import io.tollgate.bench.Bench;
import io.tollgate.bench.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code bench/run edit}: rules are edited while requests are open. */
@Command(
    name = "edit",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Edits a limit of two nodes over REST while streams are open on both: counters before and",
      "after, the time until each node goes by the edit, and whether all is billed in the end.",
      "Exits with 1 when a stream was refused, or something was lost or billed twice."
    })
public final class EditCommand implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--streams", defaultValue = "1000", description = "that are open at once")
  private int streams;

  @Option(names = "--tokens", defaultValue = "40", description = "of each answer, one a second")
  private int tokens;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Results results = Results.in(bench.home());
    try (EditRun run = EditRun.start(bench.home(), results.dir())) {
      EditReport report = run.run(streams, tokens);
      System.out.print(report.text());
      Path rows = results.file("edit.csv");
      Files.write(rows, report.rows());
      System.out.println("rows: " + rows + "   logs: " + results.dir());
      return report.isRight() ? 0 : 1;
    }
  }
}
