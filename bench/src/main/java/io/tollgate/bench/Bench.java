package io.tollgate.bench;

import io.tollgate.bench.accuracy.AccuracyCommand;
import io.tollgate.bench.accuracy.EditCommand;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command behind {@code bench/run}; each measurement is a subcommand. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description = "Measures Tollgate; every run writes its raw rows to bench/results.",
    subcommands = {
      SpeedCommand.class,
      AccuracyCommand.class,
      JournalCommand.class,
      EditCommand.class,
      LimitsCommand.class
    })
public final class Bench {
  @Option(names = "--home", description = "the project's folder")
  private Path home = Path.of(".");

  /** Exits with 0 when all went well. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Bench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((fault, command, parsed) -> explain(fault, command))
            .execute(args));
  }

  /** What the system refused is one line; anything else is a bug, with its trace. */
  private static int explain(Exception fault, CommandLine command) throws Exception {
    if (!(fault instanceof IOException)) {
      throw fault;
    }
    command.getErr().println("bench/run: " + fault.getMessage());
    return 1;
  }

  /** The project's folder. */
  public Path home() {
    return home;
  }
}
