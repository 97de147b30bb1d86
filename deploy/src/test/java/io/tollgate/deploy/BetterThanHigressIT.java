package io.tollgate.deploy;

import static io.tollgate.deploy.ScriptedProvider.CHAT;
import static io.tollgate.deploy.ScriptedProvider.CHAT_TOKENS;
import static io.tollgate.deploy.ScriptedProvider.DONE;
import static io.tollgate.deploy.ScriptedProvider.USAGE;
import static io.tollgate.deploy.ScriptedProvider.WORDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import io.tollgate.store.TestCluster;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each case in which the token control of Higress or of ASM counts nothing, too little, too much,
 * or limits nobody: here against a whole gateway over HTTP, with a real Redis whose counters are
 * read as other programs would read them.
 */
class BetterThanHigressIT {
  private static final String PREFIX = "higress-token-ratelimit:";
  private static final String USER = "key-of-user";
  private static final String ADMIN = "key-of-admin";

  /** What the estimate makes of the question below and "one two three", by gpt-4o's vocabulary. */
  private static final long ESTIMATED_TOKENS = 11 + 3;

  private static final String QUESTION =
      "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"who are you?\"}]%s}";

  @TempDir private static Path directory;

  private static final AtomicInteger cases = new AtomicInteger();
  private static final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static ScriptedProvider provider;
  private static ScriptedProvider other;
  private static OwnRedis redis;
  private static OwnRedis fragile;
  private static Node node;
  private static int port;

  /** Names the counter of one test. */
  private String ownCase;

  @BeforeAll
  static void start() throws Exception {
    provider = new ScriptedProvider();
    other = new ScriptedProvider();
    redis = new OwnRedis(directory.resolve("redis"));
    fragile = new OwnRedis(directory.resolve("fragile"));
    // The node is to start without this one.
    fragile.kill();
    port = FreePorts.next();
    node = Node.start(Starts.of(config("data", port, 100)), NodeRoles.ALONE);
  }

  @AfterAll
  static void end() throws Exception {
    node.close();
    http.shutdownNow();
    fragile.close();
    redis.close();
    provider.close();
    other.close();
  }

  @BeforeEach
  void freshCase() {
    ownCase = "case-" + cases.incrementAndGet();
    provider.answers(request -> ScriptedProvider.json(request, CHAT));
    other.answers(request -> ScriptedProvider.json(request, CHAT));
  }

  private static TollgateConfig config(String folder, int proxyPort, long hundred)
      throws Exception {
    Path file = directory.resolve(folder + ".yaml");
    Files.writeString(
        file,
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { host: 127.0.0.1, port: %d, token: some-token }
        store: { redis: "redis://127.0.0.1:%d" }
        services: [ { name: fragile.static, address: "redis://127.0.0.1:%d" } ]
        log: { decisions: off }
        providers:
        - { name: scripted, type: openai, base_url: "http://127.0.0.1:%d/v1", api_tokens: [] }
        - { name: other, type: openai, base_url: "http://127.0.0.1:%d/v1", api_tokens: [] }
        consumers:
        - { name: user, keys: [%s] }
        - { name: admin, keys: [%s] }
        """
                .formatted(
                    directory.resolve(folder),
                    proxyPort,
                    FreePorts.next(),
                    redis.port(),
                    fragile.port(),
                    provider.port(),
                    other.port(),
                    USER,
                    ADMIN)
            + "routes:\n"
            + route(
                "metered",
                "limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_day: 1000000 } ]")
            + route(
                "hundred",
                "limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_minute: %d } ]"
                    .formatted(hundred))
            + route(
                "windows",
                "limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_minute: 1000,"
                    + " token_per_hour: 20 } ]")
            + route(
                "twice",
                "limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_minute: 100 } ] },"
                    + " { limit_by_per_header: x-case, limit_keys: [ { key: 'regexp:^case-',"
                    + " token_per_minute: 100 } ]")
            + route(
                "consumer",
                "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_minute: 100 } ]")
            + route(
                "address",
                "limit_by_per_ip: from-header-x-real-ip, limit_keys: [ { key: 10.0.0.0/8,"
                    + " token_per_minute: 100 } ]")
            + route(
                "cookie",
                "limit_by_per_cookie: session, limit_keys: [ { key: '*', token_per_minute: 100 } ]")
            + route(
                "pattern",
                "limit_by_per_header: x-tier, limit_keys: [ { key: 'regexp:free',"
                    + " token_per_minute: 100 } ]")
            + fragileRoute("closed")
            + fragileRoute("open")
            + """
            - name: fallback
              path_prefix: /v1
              models: [fallback]
              upstreams: [ scripted ]
              fallback: { upstreams: [ other ], on: [connect, timeout, 4xx, 5xx] }
              auth: { in_header: [x-api-key], allow: [user, admin] }
              ai-token-ratelimit: { rule_name: fallback, rule_items: [ { limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_minute: 100 } ] } ] }
            - name: quota
              path_prefix: /v1
              models: [quota]
              upstreams: [ scripted ]
              auth: { in_header: [x-api-key], allow: [user, admin] }
              ai-quota: { admin_consumer: admin }
            """);
    return read(file);
  }

  private static TollgateConfig read(Path file) throws Exception {
    ConfigResult result =
        Configuration.read(ConfigFile.parse("test", Files.readString(file)), Map.of(), false);
    assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private static String route(String name, String item) {
    return """
        - name: %s
          path_prefix: /v1
          models: [%s]
          upstreams: [scripted]
          auth: { in_header: [x-api-key], allow: [user, admin] }
          ai-token-ratelimit: { rule_name: %s, rule_items: [ { %s } ] }
        """
        .formatted(name, name, name, item);
  }

  private static String fragileRoute(String policy) {
    return """
        - name: %s
          path_prefix: /v1
          models: [%s]
          upstreams: [scripted]
          auth: { in_header: [x-api-key], allow: [user, admin] }
          ai-token-ratelimit:
            rule_name: %s
            fail: %s
            redis: { service_name: fragile.static, timeout: 300 }
            rule_items: [ { limit_by_per_header: x-case, limit_keys: [ { key: '*', token_per_hour: 100 } ] } ]
        """
        .formatted(policy, policy, policy, policy);
  }

  @Test
  void fifty_at_once_of_a_thousand_tokens_each_against_a_limit_of_a_hundred() throws Exception {
    provider.answers(
        request ->
            provider.later(
                300,
                () ->
                    ScriptedProvider.json(
                        request,
                        CHAT.replace("\"completion_tokens\":11", "\"completion_tokens\":993"))));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(
          http.sendAsync(chat("hundred", "").build(), HttpResponse.BodyHandlers.ofString()));
    }

    long passed =
        answers.stream().map(CompletableFuture::join).filter(a -> a.statusCode() == 200).count();

    assertThat(passed).isEqualTo(1);
    assertCounted("hundred", 60, 1000);
    assertThat(provider.received()).hasSize(1);
  }

  @Test
  void one_answer_larger_than_the_limit() throws Exception {
    provider.answers(
        request ->
            ScriptedProvider.json(
                request, CHAT.replace("\"completion_tokens\":11", "\"completion_tokens\":993")));

    assertThat(send(chat("hundred", "")).statusCode()).isEqualTo(200);

    assertCounted("hundred", 60, 1000);
    assertThat(send(chat("hundred", "")).statusCode()).isEqualTo(429);
    assertCounted("hundred", 60, 1000);
  }

  @Test
  void json_split_in_two_chunks() throws Exception {
    int middle = CHAT.indexOf("completion_tokens\":1") + 20;
    provider.answers(
        request -> {
          request.response().putHeader("content-type", "application/json");
          provider.inPieces(request, CHAT.substring(0, middle), CHAT.substring(middle));
        });

    assertThat(send(chat("metered", "")).body()).isEqualTo(CHAT);

    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  @Test
  void sse_event_split_mid_number() throws Exception {
    int middle = USAGE.indexOf("completion_tokens\":1") + 20;
    provider.answers(
        provider.events(WORDS, USAGE.substring(0, middle), USAGE.substring(middle), DONE));

    assertThat(send(chat("metered", ",\"stream\":true")).body()).isEqualTo(WORDS + DONE);

    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  @Test
  void events_with_crlf() throws Exception {
    String events = (WORDS + USAGE + DONE).replace("\n", "\r\n");
    provider.answers(provider.events(events.substring(0, 150), events.substring(150)));

    send(chat("metered", ",\"stream\":true"));

    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  @Test
  void client_abort_after_the_first_token() throws Exception {
    provider.answers(
        request -> {
          request.response().setChunked(true).putHeader("content-type", "text/event-stream");
          request.response().write(WORDS);
        });
    HttpResponse<InputStream> answer =
        http.send(
            chat("metered", ",\"stream\":true").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      assertThat(new String(body.readNBytes(WORDS.length()), StandardCharsets.UTF_8))
          .isEqualTo(WORDS);
    }

    assertCounted("metered", 86_400, ESTIMATED_TOKENS);
  }

  @Test
  void upstream_abort() throws Exception {
    provider.answers(
        request -> {
          request.response().setChunked(true).putHeader("content-type", "text/event-stream");
          request.response().write(WORDS).onSuccess(sent -> request.connection().close());
        });

    HttpResponse<String> answer = send(chat("metered", ",\"stream\":true"));

    assertThat(answer.body()).startsWith(WORDS).contains("upstream_broken");
    assertCounted("metered", 86_400, ESTIMATED_TOKENS);
  }

  @Test
  void usage_absent() throws Exception {
    provider.answers(provider.events(WORDS, DONE));

    send(chat("metered", ",\"stream\":true"));

    assertCounted("metered", 86_400, ESTIMATED_TOKENS);
  }

  @Test
  void include_usage_false() throws Exception {
    provider.answers(provider.events(WORDS, USAGE, DONE));

    HttpResponse<String> answer =
        send(chat("metered", ",\"stream\":true,\"stream_options\":{\"include_usage\":false}"));

    assertThat(provider.received().getFirst().toString()).contains("\"include_usage\":true");
    assertThat(answer.body()).isEqualTo(WORDS + DONE);
    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  @Test
  void gzip_body() throws Exception {
    provider.answers(
        request ->
            request
                .response()
                .putHeader("content-type", "application/json")
                .putHeader("content-encoding", "gzip")
                .end(Buffer.buffer(gzip(CHAT))));

    send(chat("metered", ""));

    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void anthropic_cache_tokens() throws Exception {
    provider.answers(
        request ->
            ScriptedProvider.json(
                request,
                """
                {"id":"m","type":"message","role":"assistant","model":"claude","content":[],\
                "stop_reason":"end_turn","usage":{"input_tokens":5,"cache_creation_input_tokens":20,\
                "cache_read_input_tokens":30,"output_tokens":7}}"""));

    send(post("/v1/messages", "{\"model\":\"metered\",\"max_tokens\":9,\"messages\":[]}"));

    assertCounted("metered", 86_400, 5 + 20 + 30 + 7);
  }

  @Test
  void gemini_thoughts() throws Exception {
    provider.answers(
        request ->
            ScriptedProvider.json(
                request,
                """
                {"candidates":[{"content":{"parts":[{"text":"one"}]},"finishReason":"STOP"}],\
                "usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,\
                "thoughtsTokenCount":20,"totalTokenCount":35}}"""));

    send(
        post("/v1/models/gemini:generateContent", "{\"contents\":[]}")
            .header("x-higress-llm-model", "metered"));

    assertCounted("metered", 86_400, 10 + 5 + 20);
  }

  @Test
  void responses_api() throws Exception {
    provider.answers(
        request ->
            ScriptedProvider.json(
                request,
                """
                {"id":"r","object":"response","status":"completed","model":"gpt-4o","output":[],\
                "usage":{"input_tokens":37,"output_tokens":11,"total_tokens":48}}"""));

    send(post("/v1/responses", "{\"model\":\"metered\",\"input\":\"hello\"}"));

    assertCounted("metered", 86_400, 37 + 11);
  }

  @Test
  void embeddings() throws Exception {
    provider.answers(
        request ->
            ScriptedProvider.json(
                request,
                """
                {"object":"list","data":[],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}"""));

    send(post("/v1/embeddings", "{\"model\":\"metered\",\"input\":\"hello\"}"));

    assertCounted("metered", 86_400, 8);
  }

  @Test
  void two_windows_on_one_key() throws Exception {
    assertThat(send(chat("windows", "")).statusCode()).isEqualTo(200);
    assertCounted("windows", 60, CHAT_TOKENS);
    assertThat(send(chat("windows", "")).statusCode()).isEqualTo(200);
    assertCounted("windows", 60, 2 * CHAT_TOKENS);
    assertCounted("windows", 3600, 2 * CHAT_TOKENS);

    HttpResponse<String> refusal = send(chat("windows", ""));

    assertThat(refusal.statusCode()).isEqualTo(429);
    assertThat(refusal.body()).contains("windows/limit_by_per_header:x-case/3600s");
    assertCounted("windows", 60, 2 * CHAT_TOKENS);
  }

  @Test
  void two_rules_on_one_key_charge_once() throws Exception {
    send(chat("twice", ""));

    assertCounted("twice", 60, CHAT_TOKENS);
  }

  @Test
  void forged_x_mse_consumer() throws Exception {
    send(chat("consumer", "").header("x-mse-consumer", "somebody-else"));

    assertCounted(PREFIX + "consumer:limit_by_per_consumer:60:x-mse-consumer:user", CHAT_TOKENS);
    assertThat(
            redis.number(PREFIX + "consumer:limit_by_per_consumer:60:x-mse-consumer:somebody-else"))
        .isZero();
  }

  @Test
  void ipv4_mapped_ipv6() throws Exception {
    send(chat("address", "").header("x-real-ip", "::ffff:10.1.2.3"));

    assertCounted(
        PREFIX + "address:limit_by_per_ip:60:from-header-x-real-ip:10.1.2.3", CHAT_TOKENS);
  }

  @Test
  void cookie_with_an_equals_sign() throws Exception {
    send(chat("cookie", "").header("cookie", "flag; session=YWJj==; other=1"));

    assertCounted(PREFIX + "cookie:limit_by_per_cookie:60:session:YWJj==", CHAT_TOKENS);
  }

  @Test
  void regex_that_matches_part_of_a_value() throws Exception {
    send(chat("pattern", "").header("x-tier", "my-free-tier"));
    send(chat("pattern", "").header("x-tier", "premium"));

    assertCounted(PREFIX + "pattern:limit_by_per_header:60:x-tier:my-free-tier", CHAT_TOKENS);
    assertThat(redis.number(PREFIX + "pattern:limit_by_per_header:60:x-tier:premium")).isZero();
  }

  @Test
  void redis_down_at_start_and_at_check() throws Exception {
    fragile.kill();
    try {
      HttpResponse<String> closed = send(chat("closed", ""));
      assertThat(closed.statusCode()).isEqualTo(503);
      assertThat(closed.body()).contains("limiter_unavailable");
      assertThat(send(chat("open", "")).statusCode()).isEqualTo(200);
    } finally {
      fragile.start();
    }

    // What passed while it was away is counted when it is back, and then limited.
    String counter = PREFIX + "open:limit_by_per_header:3600:x-case:" + ownCase;
    Eventually.that(() -> assertThat(fragile.number(counter)).isEqualTo(CHAT_TOKENS));
    Eventually.that(() -> assertThat(send(chat("closed", "")).statusCode()).isEqualTo(200));
  }

  @Test
  void redis_down_at_settle() throws Exception {
    fragile.kill();
    fragile.start();
    Eventually.that(
        () ->
            assertThat(send(chat("closed", "").setHeader("x-case", "ready")).statusCode())
                .isEqualTo(200));
    provider.answers(request -> provider.later(700, () -> ScriptedProvider.json(request, CHAT)));
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(chat("closed", "").build(), HttpResponse.BodyHandlers.ofString());
    Eventually.that(() -> assertThat(provider.received()).hasSize(1));
    fragile.kill();
    try {
      assertThat(answer.join().statusCode()).isEqualTo(200);
    } finally {
      fragile.start();
    }

    String counter = PREFIX + "closed:limit_by_per_header:3600:x-case:" + ownCase;
    Eventually.that(() -> assertThat(fragile.number(counter)).isEqualTo(CHAT_TOKENS));
  }

  @Test
  void redis_cluster_with_two_masters() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory.resolve("cluster"), 2, false)) {
      int clusterPort = FreePorts.next();
      Path file = directory.resolve("on-cluster.yaml");
      Files.writeString(
          file,
          Files.readString(directory.resolve("data.yaml"))
              .replace(
                  "data_dir: \"" + directory.resolve("data"),
                  "data_dir: \"" + directory.resolve("on-cluster"))
              .replace("port: " + port + " }", "port: " + clusterPort + " }")
              .replaceFirst(
                  "admin: \\{ host: 127.0.0.1, port: \\d+",
                  "admin: { host: 127.0.0.1, port: " + FreePorts.next())
              .replaceFirst(
                  "store: \\{ redis: \"[^\"]+\" }",
                  "store: { mode: cluster, redis: [ \"redis://127.0.0.1:%d\", \"redis://127.0.0.1:%d\" ] }"
                      .formatted(cluster.master(0).port(), cluster.master(1).port())));
      try (Node onCluster = Node.start(Starts.of(read(file)), NodeRoles.ALONE)) {
        for (int i = 0; i < 8; i++) {
          String value = ownCase + "-" + i;
          assertThat(
                  send(chat("windows", "")
                          .setHeader("x-case", value)
                          .uri(uri(clusterPort, "/v1/chat/completions")))
                      .statusCode())
              .isEqualTo(200);
          for (int window : List.of(60, 3600)) {
            String counter = PREFIX + "windows:limit_by_per_header:" + window + ":x-case:" + value;
            Eventually.that(
                () ->
                    assertThat(cluster.ask("GET", counter)).isEqualTo(Long.toString(CHAT_TOKENS)));
          }
        }
      }
    }
  }

  @Test
  void limit_raised_and_lowered_in_the_middle_of_a_window() throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(send(chat("hundred", "")).statusCode()).isEqualTo(200);
    }
    assertCounted("hundred", 60, 6 * CHAT_TOKENS);
    assertThat(send(chat("hundred", "")).statusCode()).isEqualTo(429);
    int raisedPort = FreePorts.next();
    try (Node raised = Node.start(Starts.of(config("raised", raisedPort, 1000)), NodeRoles.ALONE)) {
      HttpRequest.Builder request =
          chat("hundred", "").uri(uri(raisedPort, "/v1/chat/completions"));
      assertThat(send(request).statusCode()).isEqualTo(200);
    }

    assertCounted("hundred", 60, 7 * CHAT_TOKENS);
    assertThat(send(chat("hundred", "")).statusCode()).isEqualTo(429);
  }

  @Test
  void admin_refresh_racing_a_debit_in_flight() throws Exception {
    refresh("consumer=user&quota=1000", "application/x-www-form-urlencoded");
    provider.answers(request -> provider.later(500, () -> ScriptedProvider.json(request, CHAT)));
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(chat("quota", "").build(), HttpResponse.BodyHandlers.ofString());
    Eventually.that(() -> assertThat(provider.received()).hasSize(1));

    refresh("consumer=user&quota=300", "application/x-www-form-urlencoded");

    assertThat(answer.join().statusCode()).isEqualTo(200);
    assertCounted("chat_quota:user", 300 - CHAT_TOKENS);
  }

  @Test
  void admin_call_with_json_with_an_empty_body_and_with_get() throws Exception {
    assertThat(refresh("{\"consumer\":\"user\",\"quota\":77}", "application/json").body())
        .isEqualTo("refresh quota successful");
    assertCounted("chat_quota:user", 77);

    assertThat(refresh("", "application/json").statusCode()).isEqualTo(403);
    assertThat(send(adminCall("/refresh?consumer=user&quota=1").GET()).statusCode()).isEqualTo(405);
    assertThat(send(adminCall("?consumer=user").GET()).body())
        .isEqualTo("{\"consumer\":\"user\",\"quota\":77}");
  }

  @Test
  void fallback_after_our_own_429_does_not_happen() throws Exception {
    for (int i = 0; i < 6; i++) {
      send(chat("fallback", ""));
    }
    assertCounted("fallback", 60, 6 * CHAT_TOKENS);

    assertThat(send(chat("fallback", "")).statusCode()).isEqualTo(429);

    assertThat(provider.received()).hasSize(6);
    assertThat(other.received()).isEmpty();
    assertCounted("fallback", 60, 6 * CHAT_TOKENS);
  }

  @Test
  void fallback_served_by_another_provider_is_charged_once() throws Exception {
    provider.answers(request -> request.response().setStatusCode(500).end());

    assertThat(send(chat("fallback", "")).statusCode()).isEqualTo(200);

    assertThat(provider.received()).hasSize(1);
    assertThat(other.received()).hasSize(1);
    assertCounted("fallback", 60, CHAT_TOKENS);
  }

  @Test
  void retry_success_is_charged_once() throws Exception {
    provider.answers(
        request -> {
          if (provider.received().size() == 1) {
            request.response().setStatusCode(503).end();
          } else {
            ScriptedProvider.json(request, CHAT);
          }
        });

    assertThat(send(chat("metered", "")).statusCode()).isEqualTo(503);
    assertThat(send(chat("metered", "")).statusCode()).isEqualTo(200);

    assertCounted("metered", 86_400, CHAT_TOKENS);
  }

  private HttpRequest.Builder chat(String model, String more) {
    return post("/v1/chat/completions", QUESTION.formatted(model, more));
  }

  private HttpRequest.Builder post(String path, String body) {
    return HttpRequest.newBuilder(uri(port, path))
        .timeout(Duration.ofSeconds(20))
        .header("content-type", "application/json")
        .header("x-api-key", USER)
        .header("x-case", ownCase)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpRequest.Builder adminCall(String path) {
    return HttpRequest.newBuilder(uri(port, "/v1/chat/completions/quota" + path))
        .timeout(Duration.ofSeconds(20))
        .header("x-api-key", ADMIN)
        .header("x-higress-llm-model", "quota");
  }

  private static HttpResponse<String> refresh(String body, String type) throws Exception {
    return send(
        adminCall("/refresh")
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** The counter of this test's own case. */
  private void assertCounted(String rule, int window, long tokens) throws Exception {
    assertCounted(PREFIX + rule + ":limit_by_per_header:" + window + ":x-case:" + ownCase, tokens);
  }

  /** Nothing is held any more, and the plain integer says what was used. */
  private static void assertCounted(String key, long number) throws Exception {
    Eventually.that(() -> assertThat(redis.number(key)).as(key).isEqualTo(number));
  }
}
