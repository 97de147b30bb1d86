package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code bench/run speed}: Tollgate beside a plain proxy. */
@Command(
    name = "speed",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Measures Tollgate beside nginx, in turns, before one upstream.")
final class SpeedCommand implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--rounds", defaultValue = "5", description = "of each measurement")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "5", description = "of each measurement")
  private int seconds;

  @Option(names = "--warm-up", defaultValue = "30", description = "seconds, of each target")
  private int warmUpSeconds;

  @Option(names = "--connections", defaultValue = "64", description = "with short requests")
  private int connections;

  @Option(names = "--streams", defaultValue = "32", description = "connections with streams")
  private int streams;

  @Option(names = "--nginx-workers", description = "as many as Tollgate has event loops")
  private int nginxWorkers = Runtime.getRuntime().availableProcessors();

  @Option(names = "--pace-millis", defaultValue = "0", description = "from chunk to chunk")
  private int paceMillis;

  @Option(
      names = "--beside",
      paramLabel = "DIR",
      description = "another checkout of Tollgate, measured in the same turns as `before`")
  private @Nullable Path beside;

  @Option(
      names = "--saturation-only",
      description = "no measurement at half load, which times and CPU of others would spoil")
  private boolean saturationOnly;

  @Option(names = "--scenario", description = "only this: short, stream")
  private @Nullable Scenario only;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Tools.require("nginx", "wrk");
    Results results = Results.in(bench.home());
    Path dir = results.dir();
    List<Sample> samples = new ArrayList<>();
    try (Rig rig = Rig.start(bench.home(), beside, nginxWorkers, paceMillis, dir)) {
      Course course = new Course(rig, rounds, Duration.ofSeconds(seconds), samples::add);
      Duration warmUp = Duration.ofSeconds(warmUpSeconds);
      for (Scenario scenario : only == null ? Scenario.values() : new Scenario[] {only}) {
        Wrk wrk = new Wrk(scenario == Scenario.SHORT ? connections : streams, dir);
        course.warmUp(wrk, scenario, warmUp);
        course.run(wrk, scenario, rig.gateways());
        if (saturationOnly) {
          continue;
        }
        double half = new Summary(samples).perSecond(scenario, wrk, rig.tollgate()) / 2;
        try (PacedLoad paced = new PacedLoad(half)) {
          course.warmUp(paced, scenario, warmUp.dividedBy(3));
          course.run(paced, scenario, rig.all());
        }
      }
    } finally {
      results.write("speed", Sample.HEADER, samples.stream().map(Sample::line).toList());
    }
    System.out.println(new Summary(samples).text());
    return samples.stream().allMatch(sample -> sample.errors() == 0) ? 0 : 1;
  }
}
