package io.tollgate.deploy;

import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Validates a configuration and starts nothing. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Validates a configuration: one line for each fault.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Override
  public Integer call() throws StartFault {
    PrintWriter out = spec.commandLine().getOut();
    return switch (options.source().read()) {
      case ConfigResult.Valid valid -> {
        valid.warnings().forEach(warning -> out.println("warning: " + warning));
        out.println(options.file() + ": valid; " + summary(valid.config()));
        yield 0;
      }
      case ConfigResult.Invalid invalid -> {
        invalid.faults().forEach(out::println);
        yield 1;
      }
    };
  }

  private static String summary(TollgateConfig config) {
    StoreConfig store = config.stores().get(StoreConfig.NODE);
    return "%s, %s, %s, store %s"
        .formatted(
            count(config.routes().size(), "route"),
            count(config.providers().size(), "provider"),
            count(config.consumers().size(), "consumer"),
            store instanceof StoreConfig.Embedded ? "embedded" : String.valueOf(store));
  }

  private static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
