package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A route's {@code ai-quota}. */
final class QuotaBlock {
  private QuotaBlock() {}

  /** Empty when Higress itself would not take the configuration. */
  static Optional<ObjectNode> of(Source config, Services services, Consumers consumers) {
    String admin = config.at("admin_consumer").text();
    if (admin.isBlank()) {
      config.leftOut(
          "ai-quota without admin_consumer, which Higress does not start with; write"
              + " who may change quotas");
      return Optional.empty();
    }
    consumers.require(admin, config.at("admin_consumer"));
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    copy(config, block, "redis_key_prefix");
    block.put("admin_consumer", admin);
    copy(config, block, "admin_path");
    List<String> suffixes = config.at("enable_path_suffixes").texts();
    if (suffixes.isEmpty()) {
      config.changed(
          "completions, embeddings and responses are paid for, too, which Higress let"
              + " pass; enable_path_suffixes: [/v1/chat/completions] makes it as it was");
    } else {
      ArrayNode list = block.putArray("enable_path_suffixes");
      suffixes.forEach(list::add);
    }
    Source redis = config.at("redis");
    if (redis.isAbsent()) {
      config.changed("without redis, balances are in the node's own store");
    } else {
      block.set("redis", services.redis(redis));
    }
    config.leaveOutOthers("ai-quota");
    return Optional.of(block);
  }

  private static void copy(Source config, ObjectNode block, String key) {
    Source value = config.at(key);
    if (!value.text().isBlank()) {
      block.put(key, Secrets.literal(value.text()));
    }
  }
}
