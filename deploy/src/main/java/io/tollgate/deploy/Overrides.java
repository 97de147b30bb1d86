package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the values of {@code --set dotted.key=value} into the tree. Sections that are missing on the
 * way are made; entries of lists must exist, or be the next one.
 */
final class Overrides {
  private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)|\\[(\\d{1,6})]");

  private Overrides() {}

  /**
   * @param setting {@code routes.0.name=value} or {@code routes[0].name=value}; the value is YAML
   */
  static JsonNode set(JsonNode tree, String setting) throws StartFault {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new StartFault("--set " + setting + ": found no key=value");
    }
    String key = setting.substring(0, equals);
    JsonNode value = ConfigFile.parse("--set " + key, setting.substring(equals + 1));
    return set(tree, key, value.isMissingNode() ? JsonNodeFactory.instance.textNode("") : value);
  }

  /** Sets what stands at the key and returns the tree; the old one may have changed. */
  static JsonNode set(JsonNode tree, String key, JsonNode value) throws StartFault {
    return put(tree, key, steps(key), 0, value);
  }

  private static List<String> steps(String key) throws StartFault {
    List<String> steps = new ArrayList<>();
    Matcher step = STEP.matcher(key);
    int end = 0;
    while (step.find() && (step.start() == end || key.substring(end, step.start()).equals("."))) {
      steps.add(step.group(1) == null ? step.group(2) : step.group(1));
      end = step.end();
    }
    if (steps.isEmpty() || end != key.length()) {
      throw new StartFault("--set " + key + ": found no dotted key such as routes.0.name");
    }
    return steps;
  }

  private static JsonNode put(JsonNode node, String key, List<String> steps, int at, JsonNode value)
      throws StartFault {
    if (at == steps.size()) {
      return value;
    }
    String step = steps.get(at);
    if (node instanceof ArrayNode array) {
      int index = index(array, key, step);
      JsonNode entry = index < array.size() ? array.get(index) : missing();
      JsonNode changed = put(entry, key, steps, at + 1, value);
      if (index < array.size()) {
        array.set(index, changed);
      } else {
        array.add(changed);
      }
      return array;
    }
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      throw new StartFault(
          "--set " + key + ": found a plain value above " + step + ", which has no keys");
    }
    ObjectNode object =
        node instanceof ObjectNode there ? there : JsonNodeFactory.instance.objectNode();
    JsonNode child = object.has(step) ? object.get(step) : missing();
    object.set(step, put(child, key, steps, at + 1, value));
    return object;
  }

  private static int index(ArrayNode array, String key, String step) throws StartFault {
    if (!step.matches("\\d{1,6}") || Integer.parseInt(step) > array.size()) {
      throw new StartFault(
          "--set " + key + ": found " + step + "; allowed: 0 to " + array.size() + " in this list");
    }
    return Integer.parseInt(step);
  }

  private static JsonNode missing() {
    return JsonNodeFactory.instance.missingNode();
  }
}
