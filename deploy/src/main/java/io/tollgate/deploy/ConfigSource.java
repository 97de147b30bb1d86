package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.reader.ConfigResult;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's configuration comes from. It may be read again while the node runs.
 *
 * @param file whose changes count; null when there is none
 * @param environment what {@code ${NAME}} stands for
 * @param clustered whether the node is to be one of several
 */
record ConfigSource(
    Tree tree, @Nullable Path file, Map<String, String> environment, boolean clustered) {
  ConfigSource {
    environment = Map.copyOf(environment);
  }

  /** Reads the configuration as a tree, with what the command line sets. */
  @FunctionalInterface
  interface Tree {
    JsonNode read() throws StartFault;
  }

  /** Sees what changes from now on: made before the first reading, it misses nothing. */
  @Nullable FileWatch watch() {
    return file == null ? null : new FileWatch(file);
  }

  ConfigResult read() throws StartFault {
    return validate(tree.read());
  }

  /** Another tree in place of what stands there. */
  ConfigResult validate(JsonNode other) {
    return Configuration.read(other, environment, clustered);
  }
}
