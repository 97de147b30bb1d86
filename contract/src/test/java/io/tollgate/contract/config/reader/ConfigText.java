package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;
import java.util.Map;

/** A valid configuration that tests change in one place. */
final class ConfigText {
  static final String VALID =
      """
      admin: { token: admin-token-1 }
      services:
      - { name: local-redis.static, address: embedded }
      - { name: shared, address: "redis://10.0.0.9:6379" }
      providers:
      - { name: aliyun, type: qwen, api_tokens: [provider-token-1] }
      - { name: local, type: openai, base_url: "http://127.0.0.1:9000/v1" }
      consumers:
      - { name: boss, keys: [boss-key-1] }
      - { name: user, keys: [user-key-1] }
      routes:
      - name: main
        path_prefix: /v1
        upstreams: [ { provider: aliyun } ]
        auth: { allow: [boss, user] }
        ai-quota: { admin_consumer: boss }
        ai-token-ratelimit:
          rule_name: default_rule
          rule_items:
          - limit_by_per_header: x-api-key
            limit_keys:
            - { key: "*", token_per_minute: 5 }
      """;

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private ConfigText() {}

  static JsonNode tree(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static TollgateConfig valid(String yaml) {
    ConfigResult result = ConfigReader.read(tree(yaml), Map.of());
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  static List<String> faults(String yaml) {
    return faults(tree(yaml), Map.of());
  }

  /** The lines that {@code check} prints. */
  static List<String> faults(JsonNode tree, Map<String, String> environment) {
    return switch (ConfigReader.read(tree, environment)) {
      case ConfigResult.Valid valid -> List.of();
      case ConfigResult.Invalid invalid ->
          invalid.faults().stream().map(ConfigFault::toString).toList();
    };
  }

  /**
   * The valid configuration with another value in one place.
   *
   * @param pointer a JSON pointer to it
   * @param yaml nothing to take the value away
   */
  static JsonNode with(String pointer, String yaml) {
    JsonNode tree = tree(VALID);
    JsonPointer place = JsonPointer.compile(pointer);
    JsonNode parent = tree.at(place.head());
    String last = place.last().getMatchingProperty();
    if (parent instanceof ArrayNode array) {
      int index = Integer.parseInt(last);
      if (index == array.size()) {
        array.add(tree(yaml));
      } else {
        array.set(index, tree(yaml));
      }
    } else if (yaml.isEmpty()) {
      ((ObjectNode) parent).remove(last);
    } else {
      if (!parent.isObject()) {
        throw new IllegalArgumentException("nothing at " + place.head());
      }
      ((ObjectNode) parent).set(last, tree(yaml));
    }
    return tree;
  }
}
