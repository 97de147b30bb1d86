package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.Role;
import io.tollgate.store.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Two nodes of a cluster with one Redis, as an administrator sees them. */
final class NodePair implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Integer> members = List.of(FreePorts.next(), FreePorts.next());
  private final List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());
  private final List<Integer> admins = List.of(FreePorts.next(), FreePorts.next());
  private final List<Node> nodes = new ArrayList<>();
  private final Path directory;
  private final OwnRedis redis;

  /** None is started yet, but the Redis. */
  NodePair(Path directory) throws Exception {
    this.directory = directory;
    this.redis = new OwnRedis(directory.resolve("redis"));
  }

  OwnRedis redis() {
    return redis;
  }

  int port(int node) {
    return ports.get(node);
  }

  ApiClient client(int node) {
    return new ApiClient(port(node));
  }

  /** What of a node's configuration is its own. */
  String yaml(int node) {
    return """
    node: { name: node-%1$d, data_dir: "%2$s" }
    proxy: { http: { host: 127.0.0.1, port: %3$d } }
    admin: { port: %4$d, token: some-token }
    cluster: { members: ["127.0.0.1:%5$d", "127.0.0.1:%6$d"], port: %7$d }
    log: { decisions: off }
    store: { redis: "redis://127.0.0.1:%8$d", timeout: 2s }
    """
        .formatted(
            node,
            directory.resolve("data-" + node),
            ports.get(node),
            admins.get(node),
            members.get(0),
            members.get(1),
            members.get(node),
            redis.port());
  }

  /** Starts the next of them. */
  void start(StartingPoint from) throws Exception {
    nodes.add(Node.start(from, new NodeRoles(EnumSet.allOf(Role.class), true)));
  }

  void stopNodes() {
    nodes.forEach(Node::close);
    nodes.clear();
  }

  HttpResponse<String> send(int node, String method, String path, String body) throws Exception {
    return http.send(
        request(node, method, path, body).build(), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * @param body null for none
   */
  HttpRequest.Builder request(int node, String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admins.get(node) + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer some-token")
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body));
  }

  HttpClient http() {
    return http;
  }

  JsonNode rules(int node) throws Exception {
    return JSON.readTree(send(node, "GET", "/api/v1/rules", null).body());
  }

  /** Returns when all that run go by this version of the edits. */
  void awaitVersion(long version) throws Exception {
    for (int node = 0; node < nodes.size(); node++) {
      int each = node;
      Eventually.that(() -> assertThat(rules(each).path("version").asLong()).isEqualTo(version));
    }
  }

  @Override
  public void close() throws Exception {
    stopNodes();
    redis.close();
    http.close();
  }
}
