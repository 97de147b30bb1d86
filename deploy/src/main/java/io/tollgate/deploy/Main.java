package io.tollgate.deploy;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** The command line. Without a command it runs the demonstration. */
@Command(
    name = "tollgate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      ImportCommand.class,
      ExplainCommand.class,
      HelpCommand.class
    },
    description = {
      "An AI gateway that meters tokens.",
      "Without a command it runs the demonstration: one node, everything embedded."
    })
public final class Main implements Callable<Integer> {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A value in place of the demonstration's, such as proxy.http.port=9080. May be repeated.")
  private List<String> settings = new ArrayList<>();

  private Main() {}

  /** Exits with 0 when all went well, 1 when something was wrong, 2 on bad usage. */
  public static void main(String[] args) {
    // Redis and whoever else reads what we write knows no other digits and letters.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    line.setExecutionExceptionHandler(
        (fault, command, parsed) -> {
          if (fault instanceof StartFault start) {
            command.getErr().println("tollgate: " + start.getMessage());
            return 1;
          }
          throw fault;
        });
    line.setParameterExceptionHandler(Main::explain);
    return line;
  }

  private static int explain(CommandLine.ParameterException fault, String[] args) {
    PrintWriter err = fault.getCommandLine().getErr();
    err.println("tollgate: " + String.valueOf(fault.getMessage()).lines().findFirst().orElse(""));
    err.println("Try: tollgate --help");
    return 2;
  }

  @Override
  public Integer call() throws StartFault {
    Map<String, String> environment = System.getenv();
    return Running.run(
        Demonstration.source(settings, environment),
        NodeRoles.ALONE,
        (config, ports) -> Banner.of(config, ports, RealProvider.chosenBy(environment)));
  }
}
