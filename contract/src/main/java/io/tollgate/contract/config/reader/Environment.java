package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of environment variables into texts. A reference is a dollar sign and a name in
 * braces, {@code :-} and a default may follow the name; two dollar signs before a brace stand for
 * one without a meaning.
 */
final class Environment {
  private static final Pattern REFERENCE = Pattern.compile("\\$(\\$?)\\{([^}]*)}?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> variables;
  private final Faults faults;

  Environment(Map<String, String> variables, Faults faults) {
    this.variables = variables;
    this.faults = faults;
  }

  /** A copy of the tree in which every text has been filled in. */
  JsonNode fill(JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      ObjectNode filled = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(
              property ->
                  filled.set(
                      property.getKey(),
                      fill(property.getValue(), Value.join(path, property.getKey()))));
      return filled;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode filled = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < array.size(); i++) {
        filled.add(fill(array.get(i), path + "[" + i + "]"));
      }
      return filled;
    }
    return node.isTextual() && node.textValue().contains("${") ? text(node, path) : node;
  }

  private JsonNode text(JsonNode node, String path) {
    String template = node.textValue();
    int before = faults.count();
    String value =
        REFERENCE
            .matcher(template)
            .replaceAll(found -> Matcher.quoteReplacement(value(found, path)));
    return new EnvironmentText(template, value, faults.count() == before);
  }

  private String value(MatchResult found, String path) {
    String whole = found.group();
    if (!found.group(1).isEmpty()) {
      return whole.substring(1);
    }
    String inner = found.group(2);
    int split = inner.indexOf(":-");
    String name = split < 0 ? inner : inner.substring(0, split);
    if (!whole.endsWith("}") || !NAME.matcher(name).matches()) {
      faults.add(
          path, whole, "${NAME} or ${NAME:-default} with a variable's name; $${ for a plain ${");
      return whole;
    }
    @Nullable String value = variables.get(name);
    if (split >= 0) {
      return value == null || value.isEmpty() ? inner.substring(split + 2) : value;
    }
    if (value == null) {
      faults.add(
          path,
          "${" + name + "}, but the environment variable " + name + " is not set",
          "set " + name + ", or write ${" + name + ":-default}");
      return whole;
    }
    return value;
  }
}
