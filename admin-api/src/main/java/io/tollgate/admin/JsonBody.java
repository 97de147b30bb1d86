package io.tollgate.admin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads a body. */
final class JsonBody {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonBody() {}

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

  private static <T> Checked<T> malformed(String message) {
    return new Checked.Bad<>(Problem.of(400, "invalid_json", message));
  }
}
