package io.tollgate.bench;

import io.tollgate.bench.limits.LimitTrials;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code bench/run limits}: how exact the algorithms of limits are, and what they cost. */
@Command(
    name = "limits",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Puts each algorithm under the same random load, compares the wait that refusals tell with",
      "when a retry passes, and measures what rules, windows and algorithms cost."
    })
final class LimitsCommand implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--seconds", defaultValue = "20", description = "of load on each algorithm")
  private int seconds;

  @Option(names = "--retries", defaultValue = "40", description = "on each algorithm")
  private int retries;

  @Option(names = "--rounds", defaultValue = "5", description = "of each measurement of cost")
  private int rounds;

  @Option(names = "--requests", defaultValue = "5000", description = "in a round")
  private int requests;

  @Override
  public Integer call() throws Exception {
    Results results = Results.in(bench.home());
    LimitTrials trials = new LimitTrials(results.dir());
    trials.exactness(Duration.ofSeconds(seconds), retries);
    trials.cost(rounds, requests);
    results.write("limits", LimitTrials.HEADER, trials.rows());
    System.out.println(trials.text());
    return trials.allHeld() ? 0 : 1;
  }
}
