package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Redis services that blocks name. Their addresses are in no configuration of a plugin: they
 * are given, stand in a McpBridge, or are the name itself.
 */
final class Services {
  static final String PLACEHOLDER = "redis://127.0.0.1:6379";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String IN_KUBERNETES = ".svc.cluster.local";
  private static final String STANDARD_PORT = "6379";

  private final Map<String, String> given;
  private final Map<String, List<String>> bridged;
  private final Secrets secrets;
  private final Notes notes;
  private final Map<String, String> used = new LinkedHashMap<>();

  /**
   * @param given addresses by name
   * @param bridged hosts with their ports by name, as McpBridges have them
   */
  Services(
      Map<String, String> given, Map<String, List<String>> bridged, Secrets secrets, Notes notes) {
    this.given = given;
    this.bridged = bridged;
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
    used.computeIfAbsent(name, service -> address(service, redis.at("service_port")));
    return section;
  }

  private String address(String name, Source port) {
    String told = given.get(name);
    if (told != null) {
      return told;
    }
    List<String> bridge = bridged.get(name);
    if (bridge != null) {
      if (bridge.size() > 1) {
        notes.toDo(
            "service " + name,
            "a McpBridge has several addresses of it, of which the first is taken; where they are a"
                + " cluster or sentinels, write all of them with mode");
      }
      return taken(name, "redis://" + bridge.getFirst(), "a McpBridge has it");
    }
    if (name.endsWith(IN_KUBERNETES)) {
      String wanted = port.isAbsent() ? STANDARD_PORT : port.text();
      return taken(name, "redis://" + name + ':' + wanted, "its name says it");
    }
    notes.toDo(
        "service " + name,
        "its address is in no plugin's configuration; "
            + PLACEHOLDER
            + " stands in its place under services; give it with --service "
            + name
            + "=redis://HOST:PORT");
    return PLACEHOLDER;
  }

  private String taken(String name, String address, String why) {
    notes.changed(
        "service " + name,
        "its address is " + address + ", as " + why + "; see that Tollgate can reach it");
    return address;
  }

  /** The {@code services} of the result. */
  ArrayNode services() {
    ArrayNode services = NODES.arrayNode();
    used.forEach((name, address) -> services.addObject().put("name", name).put("address", address));
    return services;
  }
}
