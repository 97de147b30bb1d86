package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the process starts and ends. */
class ProcessIT {
  @TempDir private Path folder;

  private final int proxy = FreePorts.next();
  private final int admin = FreePorts.next();

  @Test
  void sigterm_ends_it_with_status_0_and_nothing_is_left_behind() throws Exception {
    try (Tollgate tollgate = demonstration().awaitReady()) {
      assertThat(tollgate.out())
          .contains(
              "demo-admin (aliyun-admin), demo-user1 (aliyun-user1), demo-user2 (aliyun-user2)",
              "token demo-token",
              "The model is simulated, because no provider key is set",
              "curl 'http://localhost:"
                  + proxy
                  + "/v1/chat/completions' -H 'x-api-key:demo-user1'");
      List<ProcessHandle> children = tollgate.children();
      assertThat(children).isNotEmpty();

      tollgate.process().destroy();

      assertThat(tollgate.awaitEnd()).isZero();
      Eventually.that(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
      assertThat(tollgate.out() + tollgate.err()).doesNotContain("\u001b[");
    }
  }

  @Test
  void sigterm_lets_an_open_stream_end() throws Exception {
    try (Tollgate tollgate =
            demonstration("providers.0.demo={first_token: 0s, interval: 30ms}").awaitReady();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      client.getOutputStream().write(streamRequest().getBytes(StandardCharsets.UTF_8));
      InputStream answer = client.getInputStream();
      StringBuilder text = new StringBuilder();
      readUntil(answer, text, "data: ");

      tollgate.process().destroy();
      readUntil(answer, text, "data: [DONE]");

      assertThat(tollgate.awaitEnd()).isZero();
    }
  }

  @Test
  void a_second_signal_ends_it_at_once() throws Exception {
    try (Tollgate tollgate =
            demonstration("providers.0.demo={first_token: 0s, interval: 10s}").awaitReady();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      List<ProcessHandle> children = tollgate.children();
      client.getOutputStream().write(streamRequest().getBytes(StandardCharsets.UTF_8));
      readUntil(client.getInputStream(), new StringBuilder(), "data: ");

      tollgate.process().destroy();
      Eventually.that(() -> assertThat(tollgate.err()).contains("ending; open requests may go on"));
      assertThat(tollgate.process().isAlive()).isTrue();
      tollgate.process().destroy();

      assertThat(tollgate.awaitEnd()).isEqualTo(128 + 15);
      Eventually.that(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }
  }

  @Test
  void a_node_that_is_killed_leaves_no_redis_behind_and_starts_again_with_its_balances()
      throws Exception {
    try (Tollgate killed = demonstration().awaitReady();
        Caller caller = new Caller(proxy, admin)) {
      caller.quota("/refresh", "consumer=aliyun-user2&quota=77");
      List<ProcessHandle> children = killed.children();
      assertThat(children).isNotEmpty();

      killed.process().destroyForcibly();
      killed.awaitEnd();

      Eventually.that(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }
    try (Tollgate next = demonstration().awaitReady();
        Caller caller = new Caller(proxy, admin)) {
      assertThat(caller.quota("?consumer=aliyun-user2"))
          .isEqualTo("{\"consumer\":\"aliyun-user2\",\"quota\":77}");
      next.process().destroy();
      assertThat(next.awaitEnd()).isZero();
    }
  }

  @Test
  void a_port_in_use_is_one_line_that_names_the_key() throws Exception {
    try (ServerSocket taken = new ServerSocket(proxy, 1, InetAddress.getLoopbackAddress());
        Tollgate tollgate = demonstration()) {
      assertThat(tollgate.awaitEnd()).isEqualTo(1);
      assertThat(tollgate.err().lines())
          .containsExactly(
              "tollgate: port %d on 127.0.0.1 can't be opened: Address already in use; free it or"
                      .formatted(proxy)
                  + " set proxy.http.port, for example with --set proxy.http.port="
                  + (proxy + 100));
      assertThat(tollgate.out()).isEmpty();
      assertThat(taken.isBound()).isTrue();
    }
  }

  @Test
  void ports_that_it_has_chosen_itself_are_told() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("tollgate.yaml"),
            """
            node: { data_dir: "%s" }
            proxy: { http: { host: 127.0.0.1, port: 0 } }
            admin: { port: 0 }
            limiter_http:
              port: 0
              rate_limit_config:
              - { rate_limit_key_regex: x, fill_interval_second: 1, tokens_per_fill: 1, max_tokens: 1, redis_expired_seconds: 1 }
            providers: [{ name: model, type: demo }]
            routes: [{ name: chat, upstreams: [model] }]
            """
                .formatted(folder.resolve("data")));
    try (Tollgate tollgate =
            Tollgate.start(folder, List.of("run", "--config", file.toString())).awaitReady();
        Caller caller = new Caller(tollgate.port("http"), tollgate.port("admin"));
        Caller limiter = new Caller(tollgate.port("limiter_http"), tollgate.port("limiter_http"))) {
      assertThat(caller.admin("/healthz/live").statusCode()).isEqualTo(200);
      assertThat(
              caller
                  .chat(
                      "", "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
                  .statusCode())
          .isEqualTo(200);
      assertThat(limiter.admin("/ratelimit").body()).contains("\"allow\":true");
      tollgate.process().destroy();
      assertThat(tollgate.awaitEnd()).isZero();
    }
  }

  @Test
  void numbers_are_written_as_programs_read_them_whatever_the_language_of_the_machine()
      throws Exception {
    Map<String, String> arabic =
        Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG");
    try (Tollgate tollgate = Tollgate.start(folder, arguments(), arabic).awaitReady();
        Caller caller = new Caller(proxy, admin)) {
      assertThat(caller.admin("/healthz/ready").statusCode()).isEqualTo(200);
      assertThat(tollgate.out()).contains(Integer.toString(proxy));
      tollgate.process().destroy();
      assertThat(tollgate.awaitEnd()).isZero();
    }
  }

  @Test
  void faults_of_the_configuration_stop_the_start() throws Exception {
    try (Tollgate tollgate = demonstration("proxy.max_body_bytes=-1", "colour=blue")) {
      assertThat(tollgate.awaitEnd()).isEqualTo(1);
      assertThat(tollgate.err().lines())
          .hasSize(2)
          .first()
          .isEqualTo(
              "proxy.max_body_bytes: found -1; allowed: a whole number from 1 to 1073741824");
    }
  }

  @Test
  void without_its_redis_a_node_starts_and_says_that_it_is_not_ready() throws Exception {
    int nobody = FreePorts.next();
    try (Tollgate tollgate =
            demonstration("store={redis: 'redis://127.0.0.1:" + nobody + "', timeout: 200ms}")
                .awaitReady();
        Caller caller = new Caller(proxy, admin)) {
      HttpResponse<String> ready = caller.admin("/healthz/ready");

      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("\"missing\":[\"store node\"]");
      assertThat(caller.admin("/healthz/live").statusCode()).isEqualTo(200);
      assertThat(tollgate.err()).contains("store node");
      tollgate.process().destroy();
      assertThat(tollgate.awaitEnd()).isZero();
    }
  }

  private Tollgate demonstration(String... settings) throws IOException {
    return Tollgate.start(folder, arguments(settings));
  }

  private List<String> arguments(String... settings) {
    List<String> arguments = new ArrayList<>();
    List<String> all =
        new ArrayList<>(
            List.of(
                "node.data_dir=" + folder.resolve("data"),
                "proxy.http={host: 127.0.0.1, port: " + proxy + "}",
                "admin.port=" + admin));
    all.addAll(List.of(settings));
    all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return arguments;
  }

  private static String streamRequest() {
    String body =
        "{\"model\":\"demo-chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nx-api-key: demo-user1\r\n"
        + "Content-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static void readUntil(InputStream answer, StringBuilder text, String wanted)
      throws IOException {
    byte[] bytes = new byte[4096];
    while (!text.toString().contains(wanted)) {
      int count = answer.read(bytes);
      assertThat(count).as(text.toString()).isPositive();
      text.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
    }
  }
}
