package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.Role;
import io.tollgate.store.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration, whole, as the walkthrough uses it. */
class NodeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUESTION =
      "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"你是谁\"}]%s}";

  @TempDir private static Path folder;

  private static StartingPoint config;
  private static Node node;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    int proxy = FreePorts.next();
    int admin = FreePorts.next();
    config =
        demonstration(
            "node.data_dir=" + folder,
            "proxy.http={host: 127.0.0.1, port: " + proxy + "}",
            "admin.port=" + admin,
            "log.decisions=" + folder.resolve("decisions.log"),
            "providers.0.demo={first_token: 0s, interval: 0s}");
    node = Node.start(config, NodeRoles.ALONE);
    caller = new Caller(proxy, admin);
  }

  @AfterAll
  static void end() {
    caller.close();
    node.close();
  }

  static StartingPoint demonstration(String... settings) throws StartFault {
    return Starts.with(Demonstration.source(List.of(settings), Map.of()));
  }

  @Test
  void the_walkthrough_answers_as_it_says() throws Exception {
    assertThat(caller.quota("?consumer=aliyun-user1"))
        .isEqualTo("{\"consumer\":\"aliyun-user1\",\"quota\":0}");
    assertThat(caller.quota("/refresh", "consumer=aliyun-user1&quota=100"))
        .isEqualTo("refresh quota successful");
    assertThat(caller.quota("/delta", "consumer=aliyun-user1&value=100"))
        .isEqualTo("delta quota successful");

    HttpResponse<String> first = caller.chat("demo-user1", QUESTION.formatted("qwen-max", ""));
    HttpResponse<String> second = caller.chat("demo-user1", QUESTION.formatted("qwen-max", ""));

    assertThat(first.statusCode()).isEqualTo(200);
    JsonNode usage = JSON.readTree(first.body()).at("/usage");
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).isPresent();
    assertThat(JSON.readTree(second.body()).at("/error/message").asText())
        .startsWith("Too many requests");
    long used = usage.get("total_tokens").asLong();
    assertThat(used).isGreaterThan(5);
    Eventually.that(
        () ->
            assertThat(caller.quota("?consumer=aliyun-user1"))
                .isEqualTo("{\"consumer\":\"aliyun-user1\",\"quota\":" + (200 - used) + "}"));
  }

  @Test
  void another_model_streams() throws Exception {
    HttpResponse<String> answer =
        caller.chat("demo-user2", QUESTION.formatted("demo-chat", ",\"stream\":true"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    List<String> events = answer.body().lines().filter(line -> !line.isBlank()).toList();
    assertThat(events).hasSizeGreaterThan(5).allMatch(line -> line.startsWith("data: "));
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    assertThat(answer.body()).doesNotContain("\"usage\":{");
  }

  @Test
  void a_consumer_without_a_quota_is_refused() throws Exception {
    HttpResponse<String> answer = caller.chat("demo-user2", QUESTION.formatted("qwen-max", ""));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(JSON.readTree(answer.body()).at("/error/code").asText())
        .isEqualTo("insufficient_quota");
  }

  @Test
  void nobody_gets_in_without_a_key() throws Exception {
    assertThat(caller.chat("wrong", QUESTION.formatted("qwen-max", "")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void the_administrator_sees_health_metrics_and_quotas() throws Exception {
    assertThat(caller.admin("/healthz/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = caller.admin("/healthz/ready");
    assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    assertThat(ready.body()).contains("role auth", "role limiter", "role quota", "store node");
    assertThat(caller.admin("/metrics").body())
        .contains("tollgate_open_requests", "jvm_memory_used_bytes", "process_cpu_usage");
    assertThat(caller.admin("/api/v1/quotas").body()).contains("\"consumer\":\"aliyun-user2\"");
  }

  @Test
  void every_request_leaves_a_decision_line_without_key_or_prompt() throws Exception {
    HttpResponse<String> answer = caller.chat("demo-admin", QUESTION.formatted("log-me", ""));
    assertThat(answer.statusCode()).isEqualTo(200);

    Eventually.that(
        () ->
            assertThat(folder.resolve("decisions.log"))
                .content()
                .contains("\"model\":\"log-me\"", "\"consumer\":\"aliyun-admin\"")
                .doesNotContain("demo-admin", "你是谁"));
  }

  @Test
  void a_second_node_on_the_same_port_is_told_which_key_to_set() {
    assertThatThrownBy(() -> Node.start(config, NodeRoles.ALONE))
        .isInstanceOf(StartFault.class)
        .hasMessageMatching(
            "port \\d+ on 127.0.0.1 can't be opened: Address already in use; free it or set"
                + " proxy.http.port, for example with --set proxy.http.port=\\d+");
  }

  @Test
  void a_second_node_on_the_same_directory_is_refused() {
    assertThatThrownBy(
            () ->
                Node.start(
                    demonstration(
                        "node.data_dir=" + folder,
                        "proxy.http.port=" + FreePorts.next(),
                        "admin.port=" + FreePorts.next()),
                    NodeRoles.ALONE))
        .isInstanceOf(StartFault.class)
        .hasMessage(
            "node.data_dir "
                + folder
                + " is in use by another node; give this one a directory of its own");
  }

  @Test
  void a_directory_that_cannot_be_written_is_one_line() {
    assertThatThrownBy(
            () ->
                Node.start(
                    demonstration(
                        "node.data_dir=/dev/null/data",
                        "proxy.http.port=" + FreePorts.next(),
                        "admin.port=" + FreePorts.next()),
                    NodeRoles.ALONE))
        .isInstanceOf(StartFault.class)
        .hasMessageStartingWith("node.data_dir /dev/null/data can't be written to: ");
  }

  @Test
  void a_redis_that_cannot_start_is_one_line_and_what_was_opened_is_closed(@TempDir Path other)
      throws Exception {
    Files.writeString(other.resolve("redis"), "no folder");
    StartingPoint faulty =
        demonstration(
            "node.data_dir=" + other,
            "proxy.http.port=" + FreePorts.next(),
            "admin.port=" + FreePorts.next());

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Node.start(faulty, NodeRoles.ALONE))
          .isInstanceOf(StartFault.class)
          .hasMessageStartingWith("embedded Redis did not start: ");
    }
  }

  @Test
  void a_decision_log_that_cannot_be_written_is_one_line(@TempDir Path other) {
    assertThatThrownBy(
            () ->
                Node.start(
                    demonstration(
                        "node.data_dir=" + other,
                        "log.decisions=/dev/null/decisions.log",
                        "proxy.http.port=" + FreePorts.next(),
                        "admin.port=" + FreePorts.next()),
                    NodeRoles.ALONE))
        .isInstanceOf(StartFault.class)
        .hasMessageStartingWith("log.decisions /dev/null/decisions.log can't be written to");
  }

  @Test
  void a_cluster_port_in_use_is_told_with_its_key(@TempDir Path other) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      StartingPoint config =
          demonstration(
              "node.data_dir=" + other,
              "store.redis='redis://127.0.0.1:" + FreePorts.next() + "'",
              "cluster={members: ['127.0.0.1:" + port + "'], port: " + port + "}",
              "proxy.http.port=" + FreePorts.next(),
              "admin.port=" + FreePorts.next());

      assertThatThrownBy(() -> Node.start(config, new NodeRoles(EnumSet.allOf(Role.class), true)))
          .isInstanceOf(StartFault.class)
          .hasMessageStartingWith(
              "port " + port + " on 127.0.0.1 can't be opened: Address already in use")
          .hasMessageContaining("set cluster.port");
    }
  }
}
