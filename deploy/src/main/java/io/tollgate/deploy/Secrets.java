package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.TollgateConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Keeps secrets out of rules that are shown, and out of rules that are edited: a consumer's key
 * stands there by its hash, a store's password not at all.
 */
final class Secrets {
  private static final String HASH = "sha256:";
  private static final String PASSWORD = "password";

  private final Map<String, String> byHash = new HashMap<>();
  private final Map<String, String> byKey = new HashMap<>();

  private Secrets() {}

  static Secrets of(TollgateConfig config) {
    Secrets secrets = new Secrets();
    config
        .consumers()
        .forEach(
            consumer ->
                consumer
                    .knownKeys()
                    .forEach(
                        (hash, key) -> {
                          secrets.byHash.put(HASH + hash, key);
                          secrets.byKey.put(key, HASH + hash);
                        }));
    return secrets;
  }

  /** The rules as they may be shown. */
  JsonNode hide(JsonNode rules) {
    return each(rules, text -> byKey.getOrDefault(text, text));
  }

  /** What was shown, as it is meant. */
  JsonNode reveal(JsonNode rules) {
    return each(rules, text -> byHash.getOrDefault(text, text));
  }

  /** What may not stand in rules that are edited. */
  static List<ConfigFault> faultsIn(JsonNode body) {
    List<ConfigFault> faults = new ArrayList<>();
    look(body, "body", faults);
    return List.copyOf(faults);
  }

  private static void look(JsonNode node, String path, List<ConfigFault> faults) {
    if (node.isTextual() && node.textValue().contains("${")) {
      faults.add(
          new ConfigFault(
              path, "a reference to the environment", "the value itself; the file may refer"));
    }
    for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
      look(node.get(i), path + "[" + i + "]", faults);
    }
    node.properties()
        .forEach(
            entry -> {
              String below = path + "." + entry.getKey();
              if (entry.getKey().equals(PASSWORD)) {
                faults.add(
                    new ConfigFault(below, "a secret", "none; it stands with the file's services"));
              } else {
                look(entry.getValue(), below, faults);
              }
            });
  }

  private static JsonNode each(JsonNode node, UnaryOperator<String> change) {
    if (node instanceof ObjectNode object) {
      ObjectNode changed = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        if (!entry.getKey().equals(PASSWORD)) {
          changed.set(entry.getKey(), each(entry.getValue(), change));
        }
      }
      return changed;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode changed = JsonNodeFactory.instance.arrayNode();
      array.forEach(entry -> changed.add(each(entry, change)));
      return changed;
    }
    return node.isTextual() ? TextNode.valueOf(change.apply(node.textValue())) : node;
  }
}
