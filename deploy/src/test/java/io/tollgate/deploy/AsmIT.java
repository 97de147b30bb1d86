package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of ASM's document against a whole node, from both sides: a gateway's route asks the
 * limiter's own port, and so does a plain HTTP client. Its intervals are shorter here, so that
 * nobody has to wait for a fill.
 */
class AsmIT {
  private static final String RULES =
      """
      [{"rate_limit_key_regex":"regular-user.*","fill_interval_second":2,"tokens_per_fill":50,\
      "max_tokens":200,"redis_expired_seconds":300},
      {"rate_limit_key_regex":"subscriber-.*","fill_interval_second":3600,"tokens_per_fill":100,\
      "max_tokens":1000,"redis_expired_seconds":7200}]""";

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int proxy = FreePorts.next();
  private final int admin = FreePorts.next();
  private final int limiter = FreePorts.next();

  @Test
  void a_route_asks_the_limiters_own_port() throws Exception {
    try (Tollgate node = start(Map.of("RATE_LIMIT_CONFIG", RULES))) {
      assertThat(node.out()).contains("limiter_http 127.0.0.1:" + limiter);
      assertThat(chat("regular-user", 60).statusCode()).isEqualTo(200);
      Eventually.that(
          () ->
              assertThat(chat("regular-user", 60).body())
                  .contains("\"message\":\"regular-user is being rate-limited\"")
                  .contains("rate_limit_exceeded"));
      assertThat(chat("subscriber-1", 20).statusCode()).isEqualTo(200);
      Eventually.that(() -> assertThat(chat("regular-user", 1).statusCode()).isEqualTo(200));
    }
  }

  @Test
  void requests_at_once_do_not_multiply_what_a_bucket_has() throws Exception {
    try (Tollgate node = start(Map.of("RATE_LIMIT_CONFIG", RULES))) {
      List<CompletableFuture<HttpResponse<String>>> chats =
          IntStream.range(0, 40)
              .mapToObj(i -> http.sendAsync(request("subscriber-2", 80), BodyHandlers.ofString()))
              .toList();

      long passed = chats.stream().filter(each -> each.join().statusCode() == 200).count();

      assertThat(passed).isBetween(1L, 4L);
      System.out.printf("bucket of 100, 40 chats of 80 at once: %d passed%n", passed);
    }
  }

  @Test
  void a_client_of_the_contract_runs_the_example() throws Exception {
    try (Tollgate node = start(Map.of("RATE_LIMIT_CONFIG", RULES))) {
      assertThat(check("regular-user")).isEqualTo("{\"allow\":true,\"description\":\"ok\"}");
      assertThat(update("regular-user", 60)).isEqualTo(200);
      assertThat(check("regular-user"))
          .isEqualTo("{\"allow\":false,\"description\":\"regular-user is being rate-limited\"}");
      Eventually.that(() -> assertThat(check("regular-user")).contains("\"allow\":true"));
      assertThat(check("subscriber-3")).contains("\"allow\":true");
      assertThat(update("subscriber-3", 100)).isEqualTo(200);
      assertThat(check("subscriber-3")).contains("subscriber-3 is being rate-limited");
    }
  }

  @Test
  void a_port_without_rules_is_a_fault_that_says_so() throws Exception {
    Path file = configuration();
    try (Tollgate node = Tollgate.start(directory, arguments(file))) {
      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.err())
          .contains("limiter_http.rate_limit_config: found RATE_LIMIT_CONFIG is not set");
    }
  }

  private Tollgate start(Map<String, String> environment) throws Exception {
    return Tollgate.start(directory, arguments(configuration()), environment).awaitReady();
  }

  private static List<String> arguments(Path file) {
    return List.of("run", "--config", file.toString());
  }

  private Path configuration() throws Exception {
    return Files.writeString(
        directory.resolve("asm.yaml"),
        """
        node: { data_dir: data }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { host: 127.0.0.1, port: %d, token: token }
        limiter_http: { host: 127.0.0.1, port: %d }
        providers:
        - { name: simulated, type: demo, demo: { first_token: 0s, interval: 0s } }
        consumers:
        - { name: user, keys: [key-of-user] }
        routes:
        - name: chat
          path_prefix: /v1
          upstreams: [simulated]
          auth: { in_header: [x-api-key], allow: [user] }
          llm-token-ratelimit:
            matches: [ { path: { prefix: /v1/chat }, headers: { user-type: { regex: "user|subscriber" } } } ]
            rateLimitKeys: ["{{request.headers.user-type}}"]
            rateLimitService: { host: 127.0.0.1, port: %d, timeout: 2s }
            fallOpen: false
        """
            .formatted(proxy, admin, limiter, limiter));
  }

  private HttpResponse<String> chat(String userType, int tokens) throws Exception {
    return http.send(request(userType, tokens), BodyHandlers.ofString());
  }

  private HttpRequest request(String userType, int tokens) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy + "/v1/chat/completions"))
        .header("x-api-key", "key-of-user")
        .header("user-type", userType)
        .header("x-demo-tokens", Integer.toString(tokens))
        .POST(
            BodyPublishers.ofString(
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
        .build();
  }

  private String check(String key) throws Exception {
    String keys = URLEncoder.encode("[\"" + key + "\"]", StandardCharsets.UTF_8);
    return http.send(
            HttpRequest.newBuilder(service("/ratelimit?ratelimit_keys=" + keys)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private int update(String key, int tokens) throws Exception {
    String body =
        "{\"ratelimit_keys\":[\"%s\"],\"prompt_tokens\":9,\"completion_tokens\":%d,\"total_tokens\":%d}"
            .formatted(key, tokens, tokens + 9);
    return http.send(
            HttpRequest.newBuilder(service("/update_ratelimit_record"))
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString())
        .statusCode();
  }

  private URI service(String path) {
    return URI.create("http://127.0.0.1:" + limiter + path);
  }
}
