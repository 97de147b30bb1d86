package io.tollgate.admin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a body. */
final class JsonBody {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String INTEGER =
      "an integer from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;

  private JsonBody() {}

  /**
   * @param field the only one allowed
   */
  static Checked<Long> integer(byte[] body, String field) {
    return tree(body).then(tree -> integer(tree, field));
  }

  /** Anything that is JSON, without duplicate keys. */
  static Checked<JsonNode> tree(byte[] body) {
    try {
      JsonNode tree = JSON.readTree(body);
      return tree == null || tree.isMissingNode()
          ? malformed("the body is empty")
          : new Checked.Good<>(tree);
    } catch (JsonProcessingException e) {
      return malformed("the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      return malformed("the body is not UTF-8 text");
    }
  }

  private static Checked<Long> integer(JsonNode tree, String field) {
    String shape = "{\"" + field + "\": N}";
    if (!tree.isObject()) {
      return unacceptable("body", tree.toString(), "an object, " + shape);
    }
    List<String> names = new ArrayList<>();
    tree.fieldNames().forEachRemaining(names::add);
    names.remove(field);
    if (!names.isEmpty()) {
      return unacceptable(names.getFirst(), "an unknown field", "only " + shape);
    }
    JsonNode value = tree.get(field);
    if (value == null) {
      return unacceptable(field, "nothing", INTEGER);
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? new Checked.Good<>(value.longValue())
        : unacceptable(field, value.toString(), INTEGER);
  }

  private static <T> Checked<T> malformed(String message) {
    return new Checked.Bad<>(Problem.of(400, "invalid_json", message));
  }

  private static <T> Checked<T> unacceptable(String field, String found, String allowed) {
    return new Checked.Bad<>(Problem.unacceptable(field, found, allowed));
  }
}
