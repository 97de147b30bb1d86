package io.tollgate.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What administrators have put in place of the file's rules; the same on all nodes. Immutable: the
 * trees are not changed after they got here.
 *
 * @param version one more with each edit; 0 before the first
 * @param limits by route
 * @param budgets null where the file's go
 */
record RuleEdits(long version, Map<String, JsonNode> limits, @Nullable JsonNode budgets) {
  static final RuleEdits NONE = new RuleEdits(0, Map.of(), null);

  static final String LIMITS = "ai-token-ratelimit";
  static final String BUDGETS = "quotas";

  private static final ObjectMapper JSON = new ObjectMapper();

  RuleEdits {
    limits = Map.copyOf(limits);
  }

  /**
   * @throws IllegalArgumentException when the text is not what {@link #document} made
   */
  static RuleEdits parse(long version, String document) {
    try {
      JsonNode tree = JSON.readTree(document);
      Map<String, JsonNode> limits = new TreeMap<>();
      tree.path("limits")
          .properties()
          .forEach(entry -> limits.put(entry.getKey(), entry.getValue()));
      return new RuleEdits(version, limits, tree.get("budgets"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the edited rules are not JSON: " + e.getOriginalMessage());
    }
  }

  /** All but the version, as JSON. */
  String document() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    ObjectNode byRoute = tree.putObject("limits");
    new TreeMap<>(limits).forEach(byRoute::set);
    if (budgets != null) {
      tree.set("budgets", budgets);
    }
    return tree.toString();
  }

  RuleEdits withLimits(String route, JsonNode blocks) {
    Map<String, JsonNode> changed = new TreeMap<>(limits);
    changed.put(route, blocks);
    return new RuleEdits(version + 1, changed, budgets);
  }

  RuleEdits withoutLimits(String route) {
    Map<String, JsonNode> changed = new TreeMap<>(limits);
    changed.remove(route);
    return new RuleEdits(version + 1, changed, budgets);
  }

  RuleEdits withBudgets(@Nullable JsonNode entries) {
    return new RuleEdits(version + 1, limits, entries);
  }

  boolean isSameBut(RuleEdits other) {
    return document().equals(other.document());
  }

  /**
   * The file's tree with these rules in place of its own. What is about a route that the file does
   * not have waits for it.
   */
  JsonNode over(JsonNode file) {
    JsonNode merged = file.deepCopy();
    if (merged instanceof ObjectNode object) {
      if (merged.get("routes") instanceof ArrayNode routes) {
        routes.forEach(this::put);
      }
      if (budgets != null) {
        object.set(BUDGETS, budgets);
      }
    }
    return merged;
  }

  private void put(JsonNode route) {
    JsonNode blocks = limits.get(route.path("name").asText());
    if (blocks != null && route instanceof ObjectNode object) {
      object.set(LIMITS, blocks);
    }
  }
}
