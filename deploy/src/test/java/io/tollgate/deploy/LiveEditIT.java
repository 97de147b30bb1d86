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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a cluster whose rules are edited over REST while they have requests. */
class LiveEditIT {
  private static final String USER = TwoRoutes.USER_KEY;
  private static final String COUNTER =
      "higress-token-ratelimit:shared:limit_by_per_consumer:3600:x-mse-consumer:user";
  private static final int ANSWER_TOKENS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Integer> members = List.of(FreePorts.next(), FreePorts.next());
  private final List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());
  private final List<Integer> admins = List.of(FreePorts.next(), FreePorts.next());
  private final List<Node> nodes = new ArrayList<>();
  private OwnRedis redis;

  @BeforeEach
  void start() throws Exception {
    redis = new OwnRedis(directory.resolve("redis"));
    start(0);
  }

  @AfterEach
  void stop() throws Exception {
    for (Node node : nodes) {
      node.close();
    }
    redis.close();
    http.close();
  }

  @Test
  void an_edit_goes_for_both_nodes_and_keeps_what_is_used_and_held() throws Exception {
    start(1);
    List<OpenStream> streams = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      streams.add(new OpenStream(ports.get(i % 2), USER, "limited", ANSWER_TOKENS));
    }

    HttpResponse<String> raised = edit(0, limits(2_000_000), null);

    assertThat(raised.statusCode()).as(raised.body()).isEqualTo(200);
    awaitVersion(1);
    for (int i = 0; i < 10; i++) {
      streams.add(new OpenStream(ports.get(i % 2), USER, "limited", ANSWER_TOKENS));
    }
    long used = 0;
    for (OpenStream stream : streams) {
      used += stream.usage();
      stream.close();
    }
    long billed = used;
    Eventually.that(() -> assertThat(redis.number(COUNTER)).isEqualTo(billed));

    edit(1, limits(used / 2), null);
    awaitVersion(2);
    for (int node = 0; node < 2; node++) {
      HttpResponse<String> refused = api(node).chat(USER, "limited", "hi");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("\"used\":" + used);
    }

    send(0, "DELETE", "/api/v1/routes/limited/limits", null, null);
    awaitVersion(3);
    for (int node = 0; node < 2; node++) {
      HttpResponse<String> passed = api(node).chat(USER, "limited", "hi");
      assertThat(passed.statusCode()).as(passed.body()).isEqualTo(200);
      used += ApiClient.tokensOf(passed);
    }
    long all = used;
    Eventually.that(() -> assertThat(redis.number(COUNTER)).isEqualTo(all));
  }

  @Test
  void of_two_edits_from_one_version_one_is_made_and_the_other_is_told() throws Exception {
    start(1);

    CompletableFuture<HttpResponse<String>> one = editLater(0, limits(10), "\"0\"");
    CompletableFuture<HttpResponse<String>> other = editLater(1, limits(20), "\"0\"");

    List<Integer> statuses = List.of(one.join().statusCode(), other.join().statusCode());
    assertThat(statuses).contains(200);
    assertThat(statuses).containsAnyOf(409, 412);
    awaitVersion(1);
    assertThat(rules(0).path("fingerprint")).isEqualTo(rules(1).path("fingerprint"));
  }

  @Test
  void a_node_that_starts_later_has_the_edits_and_a_store_that_lost_them_gets_them_back()
      throws Exception {
    edit(0, limits(777), null);
    start(1);
    assertThat(rules(1).path("version").asLong()).isEqualTo(1);
    assertThat(rules(1).path("routes").get(1).path("source").asText()).isEqualTo("edited");

    redis.ask("DEL " + EditStore.KEY);

    Eventually.that(() -> assertThat(redis.ask("EXISTS " + EditStore.KEY)).isEqualTo(":1"));
    assertThat(rules(0).toString()).contains("777");
  }

  @Test
  void edits_survive_a_restart_of_all_nodes_and_give_way_to_the_file_when_they_are_deleted()
      throws Exception {
    start(1);
    edit(0, limits(777), null);
    awaitVersion(1);
    String fingerprint = rules(1).path("fingerprint").asText();
    for (Node node : nodes) {
      node.close();
    }
    nodes.clear();

    start(0);
    start(1);

    for (int node = 0; node < 2; node++) {
      assertThat(rules(node).path("version").asLong()).isEqualTo(1);
      assertThat(rules(node).path("fingerprint").asText()).isEqualTo(fingerprint);
      assertThat(rules(node).path("routes").get(1).toString()).contains("777", "edited");
    }
    send(1, "DELETE", "/api/v1/routes/limited/limits", null, null);
    awaitVersion(2);
    for (int node = 0; node < 2; node++) {
      assertThat(rules(node).path("routes").get(1).toString()).contains("1000000", "\"file\"");
    }
  }

  @Test
  void an_edit_that_is_wrong_is_refused_with_all_its_faults_and_changes_nothing() throws Exception {
    HttpResponse<String> wrong =
        edit(
            0,
            """
            [{"rule_name":"shared","colour":"blue","rule_items":[{"limit_by_per_consumer":"",\
            "limit_keys":[{"key":"*","token_per_hour":0}]}]}]""",
            null);

    JsonNode faults = JSON.readTree(wrong.body()).path("error").path("faults");
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(faults).hasSize(2);
    assertThat(faults.toString()).contains("colour").contains("token_per_hour");
    assertThat(rules(0).path("version").asLong()).isZero();
  }

  @Test
  void a_dry_run_says_what_would_be_and_changes_nothing() throws Exception {
    HttpResponse<String> tried =
        send(0, "PUT", "/api/v1/routes/limited/limits?dry_run=true", limits(777), null);

    assertThat(tried.statusCode()).isEqualTo(200);
    assertThat(tried.body()).contains("777").contains("\"dry_run\":true");
    assertThat(rules(0).toString()).doesNotContain("777");
    assertThat(rules(0).path("version").asLong()).isZero();
  }

  private void awaitVersion(long version) throws Exception {
    for (int node = 0; node < nodes.size(); node++) {
      int each = node;
      Eventually.that(() -> assertThat(rules(each).path("version").asLong()).isEqualTo(version));
    }
  }

  private JsonNode rules(int node) throws Exception {
    return JSON.readTree(send(node, "GET", "/api/v1/rules", null, null).body());
  }

  private HttpResponse<String> edit(int node, String blocks, String ifMatch) throws Exception {
    return send(node, "PUT", "/api/v1/routes/limited/limits", blocks, ifMatch);
  }

  private CompletableFuture<HttpResponse<String>> editLater(
      int node, String blocks, String ifMatch) {
    return http.sendAsync(
        request(node, "PUT", "/api/v1/routes/limited/limits", blocks, ifMatch),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> send(
      int node, String method, String path, String body, String ifMatch) throws Exception {
    return http.send(
        request(node, method, path, body, ifMatch), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(int node, String method, String path, String body, String ifMatch) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admins.get(node) + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer some-token")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (ifMatch != null) {
      request.header("If-Match", ifMatch);
    }
    return request.build();
  }

  private static String limits(long tokens) {
    return """
    {"rule_name":"shared","rule_items":[{"limit_by_per_consumer":"",\
    "limit_keys":[{"key":"*","token_per_hour":%d}]}]}"""
        .formatted(tokens);
  }

  private ApiClient api(int node) {
    return new ApiClient(ports.get(node));
  }

  private void start(int index) throws Exception {
    String yaml =
        """
        node: { name: node-%1$d, data_dir: "%2$s" }
        proxy: { http: { host: 127.0.0.1, port: %3$d } }
        admin: { port: %4$d, token: some-token }
        cluster: { members: ["127.0.0.1:%5$d", "127.0.0.1:%6$d"], port: %7$d }
        log: { decisions: off }
        store: { redis: "redis://127.0.0.1:%8$d", timeout: 2s }
        """
                .formatted(
                    index,
                    directory.resolve("node-" + index),
                    ports.get(index),
                    admins.get(index),
                    members.get(0),
                    members.get(1),
                    members.get(index),
                    redis.port())
            + TwoRoutes.yaml(
                "first_token: 0ms, interval: 50ms",
                "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 1000000 } ]");
    nodes.add(Node.start(Starts.clustered(yaml), new NodeRoles(EnumSet.allOf(Role.class), true)));
  }
}
