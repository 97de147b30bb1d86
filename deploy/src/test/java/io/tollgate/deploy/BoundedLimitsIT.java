package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits that are not crossed, as answers are cut beforehand or ended on their way. */
class BoundedLimitsIT {
  private static final String PREFIX = "higress-token-ratelimit:";
  private static final String QUESTION =
      "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]%s}";

  /** Tokens that pass in a second of one stream of the simulated provider. */
  private static final int TOKENS_PER_SECOND = 100;

  @TempDir private static Path directory;

  private static final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static OwnRedis redis;
  private static Node node;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    redis = new OwnRedis(directory.resolve("redis"));
    port = FreePorts.next();
    String yaml =
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { host: 127.0.0.1, port: %d, token: some-token }
        store: { redis: "redis://127.0.0.1:%d" }
        log: { decisions: "%s" }
        providers: [ { name: simulated, type: demo, demo: { first_token: 50ms, interval: 10ms } } ]
        routes:
        - name: clamped
          path_prefix: /v1
          models: [gpt-4o-clamped]
          upstreams: [simulated]
          ai-token-ratelimit:
            rule_name: clamped
            strict: true
            clamp_output: true
            rule_items: [ { limit_by_per_header: x-case, limit_keys: [ { key: "*", token_per_hour: 1000 } ] } ]
        - name: stopped
          path_prefix: /v1
          models: [gpt-4o-stopped]
          upstreams: [simulated]
          ai-token-ratelimit:
            rule_name: stopped
            on_exhausted: stop
            rule_items: [ { limit_by_per_header: x-case, limit_keys: [ { key: "*", token_per_hour: 700 } ] } ]
        """
            .formatted(
                directory.resolve("data"),
                port,
                FreePorts.next(),
                redis.port(),
                directory.resolve("decisions.log"));
    ConfigResult result = Configuration.read(ConfigFile.parse("test", yaml), Map.of(), false);
    assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Valid.class);
    node = Node.start(Starts.of(((ConfigResult.Valid) result).config()), NodeRoles.ALONE);
  }

  @AfterAll
  static void end() throws Exception {
    node.close();
    http.shutdownNow();
    redis.close();
  }

  @Test
  void fifty_at_once_do_not_cross_a_limit_that_clamps_outputs() throws Exception {
    List<HttpResponse<String>> answers = atOnce(50, ask("clamped", "fifty", "", 300));

    List<HttpResponse<String>> passed =
        answers.stream().filter(answer -> answer.statusCode() == 200).toList();
    long used = passed.stream().mapToLong(ApiClient::tokensOf).sum();
    assertThat(passed).isNotEmpty();
    assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 429));
    assertThat(used).isBetween(300L, 1000L);
    assertCounted("clamped", "fifty", used);
    System.out.printf(
        "limit 1000, strict and clamped, 50 at once: %d passed, %d used%n", passed.size(), used);
  }

  @Test
  void one_after_another_uses_a_clamped_limit_up_and_never_crosses_it() throws Exception {
    long used = 0;
    boolean cut = false;
    HttpResponse<String> answer = send(ask("clamped", "alone", "", 300));
    for (int i = 0; answer.statusCode() == 200 && i < 20; i++) {
      used += ApiClient.tokensOf(answer);
      cut |= answer.body().contains("\"finish_reason\":\"length\"");
      assertThat(answer.headers().firstValue("x-tollgate-output-cap")).isPresent();
      assertCounted("clamped", "alone", used);
      answer = send(ask("clamped", "alone", "", 300));
    }

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(cut).isTrue();
    assertThat(used).isBetween(985L, 1000L);
  }

  @Test
  void one_stream_alone_ends_where_its_limit_does() throws Exception {
    HttpResponse<String> answer =
        send(
            ask(
                "stopped",
                "alone",
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}",
                3000));

    assertThat(answer.body()).contains("\"finish_reason\":\"length\"").endsWith("data: [DONE]\n\n");
    long used = ApiClient.tokensOf(answer);
    assertThat(used).isBetween(695L, 710L);
    assertCounted("stopped", "alone", used);
    Eventually.that(
        () ->
            assertThat(Files.readString(directory.resolve("decisions.log")))
                .contains(
                    "\"rule\":\"stopped/limit_by_per_header:x-case/3600s\"",
                    "\"outcome\":\"stopped\""));
  }

  @Test
  void streams_at_once_end_within_a_second_of_their_limit() throws Exception {
    int streams = 2;
    List<HttpResponse<String>> answers =
        atOnce(
            streams,
            ask(
                "stopped",
                "at-once",
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}",
                3000));

    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.body()).endsWith("data: [DONE]\n\n"));
    long used = answers.stream().mapToLong(ApiClient::tokensOf).sum();
    assertThat(used).isBetween(690L, 700L + streams * 2L * TOKENS_PER_SECOND);
    assertCounted("stopped", "at-once", used);
    System.out.printf("limit 700, %d streams at once: %d used%n", streams, used);
  }

  private static List<HttpResponse<String>> atOnce(int count, HttpRequest.Builder request) {
    return IntStream.range(0, count)
        .mapToObj(i -> http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()))
        .toList()
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder ask(String route, String ownCase, String more, int tokens) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
        .timeout(Duration.ofSeconds(60))
        .header("content-type", "application/json")
        .header("x-case", ownCase)
        .header("x-demo-tokens", Integer.toString(tokens))
        .POST(HttpRequest.BodyPublishers.ofString(QUESTION.formatted("gpt-4o-" + route, more)));
  }

  private static void assertCounted(String rule, String ownCase, long tokens) throws Exception {
    String key = PREFIX + rule + ":limit_by_per_header:3600:x-case:" + ownCase;
    Eventually.that(() -> assertThat(redis.number(key)).isEqualTo(tokens));
  }
}
