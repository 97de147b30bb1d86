package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;

/** The plugins of Higress whose work Tollgate does. */
enum Plugin {
  KEY_AUTH("key-auth"),
  AI_PROXY("ai-proxy"),
  AI_QUOTA("ai-quota"),
  AI_TOKEN_RATELIMIT("ai-token-ratelimit");

  private final String label;

  Plugin(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /**
   * @param name with or without a version behind it: {@code key-auth}, {@code key-auth-1.0.0},
   *     {@code key-auth.internal}
   */
  static Optional<Plugin> named(String name) {
    return Arrays.stream(values())
        .filter(
            plugin ->
                name.equals(plugin.label)
                    || name.startsWith(plugin.label + ".")
                    || name.matches(plugin.label + "-v?\\d.*"))
        .findFirst();
  }

  /** Which plugin a configuration without a name around it is for. */
  static Optional<Plugin> shapedLike(JsonNode config) {
    if (config.has("provider") || config.has("providers") || config.has("activeProviderId")) {
      return Optional.of(AI_PROXY);
    }
    if (config.has("rule_items") || config.has("global_threshold")) {
      return Optional.of(AI_TOKEN_RATELIMIT);
    }
    if (config.has("admin_consumer") || config.has("redis_key_prefix")) {
      return Optional.of(AI_QUOTA);
    }
    boolean keys = config.has("consumers") || config.has("allow") || config.has("global_auth");
    return keys ? Optional.of(KEY_AUTH) : Optional.empty();
  }
}
