package io.tollgate.deploy.higress;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the addresses of services that a McpBridge gives. */
final class BridgeReader {
  /** Those of its registries that are addresses, and not places where to ask for them. */
  private static final Set<String> ADDRESSES = Set.of("static", "dns");

  private BridgeReader() {}

  /**
   * Adds each {@code host:port} by the name that plugins use, such as {@code redis.static}.
   *
   * @param addresses the first that is told of a service stays
   */
  static void read(Source bridge, Map<String, List<String>> addresses) {
    for (Source registry : bridge.at("spec").at("registries").list()) {
      String type = registry.at("type").text();
      Source domain = registry.at("domain");
      if (ADDRESSES.contains(type) && !domain.text().isBlank()) {
        String port = registry.at("port").text();
        addresses.putIfAbsent(
            registry.at("name").text() + '.' + type,
            Arrays.stream(domain.text().strip().split("\\s*,\\s*"))
                .map(host -> withPort(host, port))
                .toList());
      }
    }
  }

  /** A static registry's domain has the port in it, and another one beside it for show. */
  private static String withPort(String host, String port) {
    return host.contains(":") || port.isBlank() ? host : host + ':' + port;
  }
}
