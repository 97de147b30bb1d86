package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.deploy.higress.Document;
import io.tollgate.deploy.higress.HigressImport;
import io.tollgate.deploy.higress.ImportOptions;
import io.tollgate.deploy.higress.Imported;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a configuration out of Higress's. */
@Command(
    name = "higress",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Writes a configuration out of Higress's: WasmPlugins, Ingresses, AI routes of the console,",
      "and plain configurations of key-auth, ai-proxy, ai-quota and ai-token-ratelimit.",
      "What is not the same afterwards is told line by line on the error output."
    })
final class ImportHigressCommand implements Callable<Integer> {
  /** What is done with keys and passwords. */
  enum SecretsOption {
    keep,
    env
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML or JSON, any documents.")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--output", paramLabel = "FILE", description = "Where to write; else it prints.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Write over a file that is there.")
  private boolean force;

  @Option(
      names = "--service",
      paramLabel = "NAME=ADDRESS",
      description =
          "The address of a Redis that plugins name, such as"
              + " local-redis.static=redis://10.0.0.9:6379. May be repeated.")
  private Map<String, String> services = new LinkedHashMap<>();

  @Option(
      names = "--first-match",
      description = "Apply the first rule item that matches only, as Higress did up to 2.1.")
  private boolean firstMatch;

  @Option(
      names = "--secrets",
      paramLabel = "keep|env",
      description = "env: write references to the environment in place of keys and passwords.")
  private SecretsOption secrets = SecretsOption.keep;

  @Override
  public Integer call() throws StartFault {
    if (output != null && Files.exists(output) && !force) {
      throw new StartFault(output + " is there already; --force writes over it");
    }
    Imported imported =
        HigressImport.of(
            documents(), new ImportOptions(services, firstMatch, secrets == SecretsOption.env));
    PrintWriter err = spec.commandLine().getErr();
    imported.notes().forEach(err::println);
    imported
        .variables()
        .forEach((name, meaning) -> err.println("to set: " + name + ": " + meaning));
    write(ConfigFile.write(imported.configuration()));
    return check(imported, err);
  }

  private List<Document> documents() throws StartFault {
    List<Document> documents = new ArrayList<>();
    for (Path file : files) {
      List<JsonNode> trees = ConfigFile.readAll(file);
      for (int i = 0; i < trees.size(); i++) {
        String which = trees.size() == 1 ? "" : ", document " + (i + 1);
        documents.add(new Document(file + which, trees.get(i)));
      }
    }
    return documents;
  }

  private void write(String yaml) throws StartFault {
    if (output == null) {
      spec.commandLine().getOut().print(yaml);
      spec.commandLine().getOut().flush();
      return;
    }
    try {
      Files.writeString(output, yaml);
    } catch (IOException e) {
      throw new StartFault(output + " can't be written: " + e.getMessage());
    }
  }

  /** Holds the result against the rules for configurations, as if all variables were set. */
  private static int check(Imported imported, PrintWriter err) {
    Map<String, String> environment = new LinkedHashMap<>();
    imported.variables().keySet().forEach(name -> environment.put(name, "value-of-" + name));
    ObjectNode tree = imported.configuration();
    return switch (Configuration.read(tree, environment, false)) {
      case ConfigResult.Valid valid -> 0;
      case ConfigResult.Invalid invalid -> {
        invalid.faults().forEach(fault -> err.println("fault of the result: " + fault));
        yield 1;
      }
    };
  }
}
