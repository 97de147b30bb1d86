package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of {@code docs/limits.md}, and the configuration that they make together. */
final class LimitsPage {
  private static final Path PAGE = Path.of("..", "docs", "limits.md");
  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- example: (\\S+) -->\n```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile("^```yaml$", Pattern.MULTILINE);
  private static final String BASE = "base";
  private static final Set<String> TOP = Set.of("quotas", "alerts", "limiter_http");

  private final Map<String, JsonNode> examples = new LinkedHashMap<>();
  private final long blocks;

  LimitsPage() throws Exception {
    String page = Files.readString(PAGE);
    Matcher example = EXAMPLE.matcher(page);
    while (example.find()) {
      examples.put(example.group(1), ConfigFile.parse(example.group(1), example.group(2)));
    }
    blocks = BLOCK.matcher(page).results().count();
  }

  /** Without the one that the others complete. */
  Set<String> names() {
    Map<String, JsonNode> others = new LinkedHashMap<>(examples);
    others.remove(BASE);
    return others.keySet();
  }

  /** Every fenced block of YAML, marked or not. */
  long blocks() {
    return blocks;
  }

  /** Each example on a route of its own, below its own path. */
  ObjectNode configuration() {
    ObjectNode whole = examples.get(BASE).deepCopy();
    ArrayNode routes = whole.putArray("routes");
    examples.forEach(
        (name, example) -> {
          if (!name.equals(BASE)) {
            ObjectNode route = routes.addObject().put("name", name).put("path_prefix", "/" + name);
            route.putArray("upstreams").add("model");
            route.putObject("auth");
            example
                .properties()
                .forEach(
                    part -> {
                      if (TOP.contains(part.getKey())) {
                        whole.withArray(part.getKey()).addAll((ArrayNode) part.getValue());
                      } else {
                        route.set(part.getKey(), part.getValue());
                      }
                    });
          }
        });
    return whole;
  }
}
