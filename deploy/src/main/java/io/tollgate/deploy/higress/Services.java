package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Redis services that blocks name; their addresses are in no configuration of a plugin. */
final class Services {
  static final String PLACEHOLDER = "redis://127.0.0.1:6379";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, String> given;
  private final Secrets secrets;
  private final Notes notes;
  private final Map<String, String> used = new LinkedHashMap<>();

  Services(Map<String, String> given, Secrets secrets, Notes notes) {
    this.given = given;
    this.secrets = secrets;
    this.notes = notes;
  }

  /** The {@code redis} section of a block. */
  ObjectNode redis(Source redis) {
    ObjectNode section = NODES.objectNode();
    String name = redis.at("service_name").text();
    section.put("service_name", name);
    if (redis.has("service_port")) {
      section.put("service_port", redis.at("service_port").node().asInt());
    }
    if (!redis.at("username").text().isBlank()) {
      section.put("username", Secrets.literal(redis.at("username").text()));
    }
    Source password = redis.at("password");
    if (!password.text().isBlank()) {
      section.put("password", secrets.write(password.text(), password, "REDIS_PASSWORD_" + name));
    }
    if (redis.has("timeout")) {
      section.put("timeout", redis.at("timeout").node().asInt());
    }
    if (redis.has("database")) {
      section.put("database", redis.at("database").node().asInt());
    }
    redis.leaveOutOthers("redis");
    use(name);
    return section;
  }

  private void use(String name) {
    String address = given.get(name);
    if (address == null) {
      notes.toDo(
          "service " + name,
          "its address is in no plugin's configuration; "
              + PLACEHOLDER
              + " stands in its place under services; give it with --service "
              + name
              + "=redis://HOST:PORT");
    }
    used.putIfAbsent(name, address == null ? PLACEHOLDER : address);
  }

  /** The {@code services} of the result. */
  ArrayNode services() {
    ArrayNode services = NODES.arrayNode();
    used.forEach((name, address) -> services.addObject().put("name", name).put("address", address));
    return services;
  }
}
