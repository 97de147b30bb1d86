package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command behind {@code bench/run}. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Measures Tollgate beside nginx, in turns, before one upstream.")
final class Bench implements Callable<Integer> {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm");

  @Option(names = "--home", description = "the project's folder")
  private Path home = Path.of(".");

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

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path results = Files.createDirectories(home.resolve("bench/results"));
    Path dir = Files.createTempDirectory(Files.createDirectories(results.resolve("tmp")), "run");
    List<Sample> samples = new ArrayList<>();
    try (Rig rig = Rig.start(home, nginxWorkers, paceMillis, dir)) {
      Course course = new Course(rig, rounds, Duration.ofSeconds(seconds), samples::add);
      Duration warmUp = Duration.ofSeconds(warmUpSeconds);
      for (Scenario scenario : Scenario.values()) {
        Wrk wrk = new Wrk(scenario == Scenario.SHORT ? connections : streams, dir);
        course.warmUp(wrk, scenario, warmUp);
        course.run(wrk, scenario, rig.gateways());
        double half = new Summary(samples).perSecond(scenario, wrk, rig.tollgate()) / 2;
        try (PacedLoad paced = new PacedLoad(half)) {
          course.warmUp(paced, scenario, warmUp.dividedBy(3));
          course.run(paced, scenario, rig.all());
        }
      }
    } finally {
      Path csv = results.resolve(LocalDateTime.now(ZoneId.systemDefault()).format(STAMP) + ".csv");
      List<String> lines = new ArrayList<>(List.of(Sample.HEADER));
      samples.forEach(sample -> lines.add(sample.line()));
      Files.write(csv, lines);
      System.out.println("\nraw rows: " + csv + "   logs: " + dir);
    }
    System.out.println(new Summary(samples).text());
    return samples.stream().allMatch(sample -> sample.errors() == 0) ? 0 : 1;
  }
}
