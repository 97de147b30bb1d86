package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import java.util.Map;

/** What the node of a test is started with. */
final class Starts {
  private Starts() {}

  /** A node by itself. */
  static StartingPoint alone(String yaml) throws StartFault {
    return with(ConfigFile.parse("test", yaml));
  }

  /** A node by itself. */
  static StartingPoint with(JsonNode tree) throws StartFault {
    return with(new ConfigSource(() -> tree, null, Map.of(), false));
  }

  /** One of several nodes. */
  static StartingPoint clustered(String yaml) throws StartFault {
    JsonNode tree = ConfigFile.parse("test", yaml);
    return with(new ConfigSource(() -> tree, null, Map.of(), true));
  }

  /** A configuration that nobody edits. */
  static StartingPoint of(TollgateConfig config) {
    JsonNode nothing = MissingNode.getInstance();
    return new StartingPoint(
        new ConfigSource(() -> nothing, null, Map.of(), false), nothing, config, null);
  }

  static StartingPoint with(ConfigSource source) throws StartFault {
    FileWatch watch = source.watch();
    JsonNode tree = source.tree().read();
    ConfigResult result = source.validate(tree);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return new StartingPoint(source, tree, ((ConfigResult.Valid) result).config(), watch);
  }
}
