package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.NodeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** {@code node}. */
final class NodeReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private NodeReader() {}

  static NodeConfig read(Value value) {
    try (Section node = Section.optional(value)) {
      Value name = node.value("name");
      return new NodeConfig(
          name.isAbsent()
              ? "node-1"
              : name.text(NAME, "at most 63 letters, digits, dots, dashes and underscores"),
          Paths.read(node.value("data_dir"), Path.of("data")),
          node.value("drain_timeout")
              .duration(Duration.ZERO, Duration.ofHours(1), Duration.ofSeconds(30)));
    }
  }
}
