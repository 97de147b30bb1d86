package io.tollgate.bench.accuracy;

import io.tollgate.bench.Bench;
import io.tollgate.bench.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code bench/run accuracy}: whether what is billed is what the provider has made. */
@Command(
    name = "accuracy",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Compares what Redis says was billed with what a simulated provider has made, call by call,",
      "while clients leave, answers break, nodes are killed and Redis goes away.",
      "Exits with 1 when something was lost, billed twice or billed wrongly."
    })
public final class AccuracyCommand implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Parameters(
      paramLabel = "TRIAL",
      completionCandidates = Labels.class,
      description = "of: ${COMPLETION-CANDIDATES}; all of them one after another when absent")
  private List<String> names = new ArrayList<>();

  @Mixin private Changes changes = new Changes();

  @Option(names = "--seed", defaultValue = "1", description = "of what is made up")
  private long seed;

  static final class Labels implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(NamedTrial.values()).map(NamedTrial::label).iterator();
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Trial> trials = trials();
    Results results = Results.in(bench.home());
    boolean right = true;
    for (Trial trial : trials) {
      right &= run(trial, results).broken().isEmpty();
    }
    System.out.println("logs and data: " + results.dir());
    return right ? 0 : 1;
  }

  private List<Trial> trials() throws IOException {
    List<Trial> trials = new ArrayList<>();
    for (NamedTrial named : NamedTrial.values()) {
      if (names.isEmpty() || names.contains(named.label())) {
        trials.add(changes.to(named.trial()));
      }
    }
    if (trials.size() < Math.max(1, names.size())) {
      throw new IOException(
          "there is no trial of one of these names: %s; there are %s"
              .formatted(String.join(", ", names), String.join(", ", new Labels())));
    }
    return trials;
  }

  private Outcome run(Trial trial, Results results) throws IOException, InterruptedException {
    Path dir = Files.createDirectories(results.dir().resolve(trial.name()));
    try (TrialRun run = new TrialRun(trial, bench.home(), dir)) {
      Outcome outcome = run.run(seed);
      System.out.print(Report.of(outcome));
      Path rows = results.file(trial.name() + ".csv.gz");
      Rows.write(rows, outcome, run.decisions());
      System.out.println("  rows: " + rows);
      return outcome;
    }
  }
}
