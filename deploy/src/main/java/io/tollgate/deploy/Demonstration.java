package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration that runs without any set-up: {@code deploy/config/demo.yaml} of the project,
 * or the copy of it that was built in. Its data go to the project's folder whatever the current one
 * is.
 */
final class Demonstration {
  /** Set by the start script to the project's folder. */
  private static final String HOME = "tollgate.home";

  private static final String BUILT_IN = "demo.yaml";

  private Demonstration() {}

  /**
   * @param settings as of {@code --set}
   */
  static ConfigSource source(List<String> settings, Map<String, String> environment) {
    return new ConfigSource(() -> tree(settings, environment), null, environment, false);
  }

  private static JsonNode tree(List<String> settings, Map<String, String> environment)
      throws StartFault {
    Path home = Path.of(System.getProperty(HOME, ""));
    JsonNode tree = file(home);
    tree = Overrides.set(tree, "node.data_dir", text(home.resolve("data").toString()));
    for (RealProvider provider : RealProvider.chosenBy(environment).stream().toList()) {
      tree = provider.putInto(tree);
    }
    for (String setting : settings) {
      tree = Overrides.set(tree, setting);
    }
    return tree;
  }

  private static JsonNode file(Path home) throws StartFault {
    Path file = home.resolve("deploy").resolve("config").resolve(BUILT_IN);
    return Files.exists(file) ? ConfigFile.read(file) : ConfigFile.parse(BUILT_IN, builtIn());
  }

  private static String builtIn() {
    try (InputStream stream = Demonstration.class.getResourceAsStream(BUILT_IN)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TextNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }
}
