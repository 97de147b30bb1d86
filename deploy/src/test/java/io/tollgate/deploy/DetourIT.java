package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fallback between a provider with a small limit and one with a large one, in both directions: what
 * the first one's limit asks of a request is over when that one is left.
 */
class DetourIT {
  private static final String PREFIX = "higress-token-ratelimit:";
  private static final int SMALL = 100;
  private static final int WHOLE_ANSWER = 400;

  @TempDir private static Path directory;

  private static final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final AtomicInteger cases = new AtomicInteger();
  private static OwnRedis redis;
  private static ScriptedProvider failing;
  private static Node node;
  private static int port;

  private final String ownCase = "case-" + cases.incrementAndGet();

  @BeforeAll
  static void start() throws Exception {
    redis = new OwnRedis(directory.resolve("redis"));
    failing = new ScriptedProvider();
    port = FreePorts.next();
    ConfigResult result =
        Configuration.read(ConfigFile.parse("test", configuration()), Map.of(), false);
    assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Valid.class);
    node = Node.start(Starts.of(((ConfigResult.Valid) result).config()), NodeRoles.ALONE);
  }

  /** On each route {@code failing} is asked first, and {@code serving} in its place. */
  private static String configuration() {
    return """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { host: 127.0.0.1, port: %d, token: some-token }
        store: { redis: "redis://127.0.0.1:%d" }
        log: { decisions: "off" }
        providers:
        - { name: failing, type: openai, base_url: "http://127.0.0.1:%d/v1", api_tokens: [unused], timeout: 2s }
        - { name: serving, type: demo, demo: { first_token: 0s, interval: 5ms } }
        routes:
        %s%s%s%s
        """
        .formatted(
            directory.resolve("data"),
            port,
            FreePorts.next(),
            redis.port(),
            failing.port(),
            route("clamp-first", "failing", "strict: true, clamp_output: true"),
            route("clamp-second", "serving", "strict: true, clamp_output: true"),
            route("stop-first", "failing", "on_exhausted: stop"),
            route("stop-second", "serving", "on_exhausted: stop"));
  }

  /**
   * @param small the provider whose limit is the small one
   */
  private static String route(String name, String small, String how) {
    String large = small.equals("failing") ? "serving" : "failing";
    return """
        - name: %s
          path_prefix: /v1
          models: [gpt-4o-%s]
          upstreams: [failing]
          fallback: { upstreams: [serving], on: [connect, timeout, 5xx] }
          ai-token-ratelimit:
            rule_name: %s
            rule_items:
            - limit_by: [provider, "header:x-case"]
              limit_keys:
              - { key: { provider: %s, "header:x-case": "*" }, token_per_hour: %d }
              - { key: { provider: %s, "header:x-case": "*" }, token_per_hour: 100000 }
            %s
        """
        .formatted(name, name, name, small, SMALL, large, how.replace(", ", "\n    "));
  }

  @AfterAll
  static void end() throws Exception {
    node.close();
    http.shutdownNow();
    failing.close();
    redis.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, max_tokens",
    "/messages, max_tokens",
    "/responses, max_output_tokens"
  })
  void an_output_is_cut_for_the_provider_with_the_small_limit_alone(String path, String field)
      throws Exception {
    failing.answers(status(500));

    HttpResponse<String> answer = send("clamp-first", path, field, false);

    long asked = new JsonObject(failing.received().getFirst()).getLong(field);
    assertThat(asked).isBetween(50L, (long) SMALL);
    assertThat(outputOf(answer)).isEqualTo(WHOLE_ANSWER);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap")).isEmpty();
    assertCounted("clamp-first", "failing", 0);
    assertNothingHeld("clamp-first", "failing");
    assertCounted("clamp-first", "serving", totalOf(answer));
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, max_tokens",
    "/messages, max_tokens",
    "/responses, max_output_tokens"
  })
  void an_output_is_cut_when_fallback_leads_to_the_small_limit(String path, String field)
      throws Exception {
    failing.answers(status(500));

    HttpResponse<String> answer = send("clamp-second", path, field, false);

    assertThat(new JsonObject(failing.received().getFirst()).getLong(field)).isEqualTo(900);
    assertThat(totalOf(answer)).isBetween(SMALL - 5L, (long) SMALL);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap"))
        .contains(Long.toString(outputOf(answer)));
    assertCounted("clamp-second", "serving", totalOf(answer));
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, max_tokens, [DONE], finish_reason\":\"stop",
    "/messages, max_tokens, message_stop, stop_reason\":\"end_turn",
    "/responses, max_output_tokens, response.completed, completed"
  })
  void a_stream_runs_past_the_small_limit_of_the_provider_that_was_left(
      String path, String field, String end, String reason) throws Exception {
    failing.answers(status(503));

    HttpResponse<String> answer = send("stop-first", path, field, true);

    assertThat(answer.body()).contains(end, reason);
    assertCountedBetween("stop-first", "serving", WHOLE_ANSWER, 2 * WHOLE_ANSWER);
    assertCounted("stop-first", "failing", 0);
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, max_tokens, [DONE], finish_reason\":\"length",
    "/messages, max_tokens, message_stop, stop_reason\":\"max_tokens",
    "/responses, max_output_tokens, response.incomplete, max_output_tokens"
  })
  void a_stream_ends_at_the_small_limit_that_fallback_leads_to(
      String path, String field, String end, String reason) throws Exception {
    failing.answers(status(503));

    HttpResponse<String> answer = send("stop-second", path, field, true);

    assertThat(answer.body()).contains(end, reason);
    assertCountedBetween("stop-second", "serving", SMALL - 5, SMALL + 10);
    assertCounted("stop-second", "failing", 0);
  }

  @Test
  void a_provider_that_was_lost_pays_for_the_prompt_and_holds_nothing_more() throws Exception {
    failing.answers(request -> request.connection().close());

    HttpResponse<String> answer = send("stop-first", "/chat/completions", "max_tokens", true);

    assertThat(answer.body()).contains("finish_reason\":\"stop");
    assertCountedBetween("stop-first", "failing", 5, 30);
    // Renewals that came after that provider was left have not held its limit again.
    assertNothingHeld("stop-first", "failing");
  }

  private static Handler<HttpServerRequest> status(int status) {
    return request -> request.response().setStatusCode(status).end("{\"error\":{}}");
  }

  private HttpResponse<String> send(String route, String path, String field, boolean stream)
      throws Exception {
    String body =
        """
        {"model":"gpt-4o-%s","%s":900,"stream":%s,"%s":[{"role":"user","content":"Tell me a story."}]}"""
            .formatted(route, field, stream, path.equals("/responses") ? "input" : "messages");
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1" + path))
                .timeout(Duration.ofSeconds(60))
                .header("content-type", "application/json")
                .header("x-case", ownCase)
                .header("x-demo-tokens", Integer.toString(WHOLE_ANSWER))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static long outputOf(HttpResponse<String> answer) {
    JsonObject usage = new JsonObject(answer.body()).getJsonObject("usage");
    Long output = usage.getLong("output_tokens");
    return output == null ? usage.getLong("completion_tokens") : output;
  }

  private static long totalOf(HttpResponse<String> answer) {
    JsonObject usage = new JsonObject(answer.body()).getJsonObject("usage");
    Long prompt = usage.getLong("input_tokens");
    return outputOf(answer) + (prompt == null ? usage.getLong("prompt_tokens") : prompt);
  }

  private void assertNothingHeld(String rule, String provider) throws Exception {
    Eventually.that(
        () ->
            assertThat(redis.hash("{" + key(rule, provider) + "}:holds").keySet())
                .contains("state")
                .noneMatch(field -> field.startsWith("hold:")));
  }

  private String key(String rule, String provider) {
    return PREFIX + rule + ":limit_by:3600:provider,header:x-case:" + provider + "," + ownCase;
  }

  private void assertCounted(String rule, String provider, long tokens) throws Exception {
    assertCountedBetween(rule, provider, tokens, tokens);
  }

  private void assertCountedBetween(String rule, String provider, long least, long most)
      throws Exception {
    Eventually.that(() -> assertThat(redis.number(key(rule, provider))).isBetween(least, most));
  }
}
