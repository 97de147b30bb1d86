package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which configuration is meant. */
final class ConfigOptions {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A value in place of the file's, such as proxy.http.port=9080. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--cluster", description = "Work together with the nodes of the section cluster.")
  private boolean clustered;

  Path file() {
    return file;
  }

  boolean clustered() {
    return clustered;
  }

  ConfigSource source() {
    return new ConfigSource(this::tree, file, System.getenv(), clustered);
  }

  private JsonNode tree() throws StartFault {
    JsonNode tree = ConfigFile.read(file);
    for (String setting : settings) {
      tree = Overrides.set(tree, setting);
    }
    return tree;
  }
}
