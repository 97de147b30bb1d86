package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node, a provider that slows down or fails, and a receiver of alerts. */
class SignalsIT {
  private static final String KEY = "key-of-ann";
  private static final String SECRET = "secret-of-the-hook";
  private static final String ANSWER =
      """
      {"id":"a","object":"chat.completion","model":"m","choices":[{"index":0,"message":\
      {"role":"assistant","content":"hello"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":10}}""";

  private record Posted(String id, String timestamp, String signature, String body) {}

  @TempDir Path directory;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Posted> posts = new CopyOnWriteArrayList<>();
  private final Semaphore answers = new Semaphore(1_000_000);
  private final int port = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private volatile int providerStatus = 200;
  private volatile int hookStatus = 503;
  private HttpServer server;
  private Node node;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1", this::provide);
    server.createContext("/hook", this::hook);
    server.start();
    int others = server.getAddress().getPort();
    node =
        Node.start(
            config(
                """
                node: { data_dir: "%s", drain_timeout: 1s }
                proxy: { http: { host: 127.0.0.1, port: %d } }
                admin: { port: %d, token: admin-token }
                log: { decisions: "off" }
                alerts: { webhook: { url: "http://127.0.0.1:%d/hook", secret: %s } }
                providers:
                - { name: p, type: openai, base_url: "http://127.0.0.1:%d/v1" }
                consumers: [ { name: ann, keys: [%s] } ]
                quotas:
                - name: monthly
                  limit_by: consumer
                  when: { routes: [paid] }
                  tokens: 12
                  per: month
                  alerts: [80, 100]
                routes:
                - name: crowded
                  models: crowded
                  upstreams: [p]
                  auth: { allow: [ann] }
                  ai-token-ratelimit:
                    rule_name: crowded
                    load: { provider: p, in_flight: { from: 1, to: 4 }, floor: 0.05 }
                    global_threshold: { token_per_day: 1000 }
                - name: failing
                  models: failing
                  upstreams: [p]
                  auth: { allow: [ann] }
                  ai-token-ratelimit:
                    rule_name: failing
                    load: { provider: p, error_rate: { from: 0.1, to: 0.5 }, floor: 0.01 }
                    global_threshold: { token_per_day: 1000 }
                - { name: free, models: free, upstreams: [p], auth: { allow: [ann] } }
                - { name: paid, models: paid, upstreams: [p], auth: { allow: [ann] } }
                - name: told
                  models: told
                  upstreams: [p]
                  auth: { allow: [ann] }
                  ai-token-ratelimit:
                  - rule_name: told
                    alerts: [50, 100]
                    rule_items:
                    - limit_by_per_consumer: ''
                      limit_keys: [ { key: "*", token_per_day: 15 } ]
                  - rule_name: watched
                    mode: shadow
                    alerts: [100]
                    global_threshold: { token_per_day: 10 }
                """
                    .formatted(directory, port, adminPort, others, SECRET, others, KEY)),
            NodeRoles.ALONE);
  }

  @AfterEach
  void stop() throws Exception {
    answers.release(1_000_000);
    node.close();
    server.stop(0);
    http.shutdownNow();
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_rule_tightens_while_its_provider_is_crowded_and_recovers_with_it() throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(chat("crowded").statusCode()).isEqualTo(200);
    }
    assertThat(scale("crowded")).isEqualTo(1);

    answers.drainPermits();
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(http.sendAsync(request("free"), HttpResponse.BodyHandlers.ofString()));
    }
    Eventually.that(() -> assertThat(scale("crowded")).isEqualTo(0.05));
    HttpResponse<String> refused = chat("crowded");

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    assertThat(refused.headers().firstValue("x-ratelimit-limit-tokens")).hasValue("50");
    Eventually.that(
        () -> assertThat(metric("tollgate_provider_in_flight{provider=\"p\"}")).isEqualTo(5));

    answers.release(1_000_000);
    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    Eventually.that(() -> assertThat(scale("crowded")).isEqualTo(1));
    HttpResponse<String> passed = chat("crowded");

    assertThat(passed.statusCode()).isEqualTo(200);
    assertThat(passed.headers().firstValue("x-ratelimit-limit-tokens")).hasValue("1000");
  }

  @Test
  void a_rule_tightens_while_its_provider_fails_and_recovers_when_the_errors_are_old()
      throws Exception {
    assertThat(chat("failing").statusCode()).isEqualTo(200);
    providerStatus = 500;
    for (int i = 0; i < 6; i++) {
      chat("failing");
    }
    Eventually.that(() -> assertThat(scale("failing")).isEqualTo(0.01));

    assertThat(chat("failing").statusCode()).as("10 of 10 are used").isEqualTo(429);
    assertThat(metric("tollgate_provider_error_rate{provider=\"p\"}")).isGreaterThan(0.5);
    assertThat(metric("tollgate_limit_refusals_total{cause=\"spent\",rule=\"failing/"))
        .isEqualTo(1);

    providerStatus = 200;
    Eventually.that(() -> assertThat(scale("failing")).isEqualTo(1));
    assertThat(chat("failing").statusCode()).isEqualTo(200);
  }

  @Test
  void levels_are_posted_once_each_with_a_signature_that_holds_however_often_the_receiver_fails()
      throws Exception {
    assertThat(chat("told").statusCode()).isEqualTo(200);
    assertThat(chat("told").statusCode()).isEqualTo(200);
    assertThat(chat("told").statusCode()).isEqualTo(429);
    assertThat(chat("told").statusCode()).isEqualTo(429);
    Eventually.that(() -> assertThat(byId()).hasSize(3));
    hookStatus = 200;
    Eventually.that(
        () ->
            assertThat(metric("tollgate_webhook_alerts_total{outcome=\"delivered\"}"))
                .isEqualTo(3));

    assertThat(posts).hasSizeGreaterThanOrEqualTo(6);
    assertThat(posts)
        .allSatisfy(
            post ->
                assertThat(post.signature())
                    .isEqualTo("sha256=" + hmac(post.timestamp() + "." + post.body())));
    assertThat(byId().values())
        .extracting(SignalsIT::summary)
        .containsExactlyInAnyOrder(
            "told/limit_by_per_consumer:x-mse-consumer/86400s ann 50 false",
            "told/limit_by_per_consumer:x-mse-consumer/86400s ann 100 false",
            "watched/global_threshold/86400s null 100 true");
    assertThat(
            metric("tollgate_limit_would_refuse_total{rule=\"watched/global_threshold/86400s\"}"))
        .isEqualTo(1);
  }

  @Test
  void a_level_of_a_budget_is_posted_with_the_bill_that_reaches_it_and_told_in_all_ways()
      throws Exception {
    hookStatus = 200;
    assertThat(metric("tollgate_alerts_total{kind=\"quota\",level=\"80\",rule=\"monthly\"}"))
        .isZero();

    assertThat(chat("paid").statusCode()).isEqualTo(200);
    Eventually.that(() -> assertThat(byId()).hasSize(1));
    assertThat(chat("paid").statusCode()).isEqualTo(200);
    Eventually.that(() -> assertThat(byId()).hasSize(2));
    assertThat(chat("paid").statusCode()).isEqualTo(403);

    assertThat(byId().values())
        .extracting(SignalsIT::summary)
        .containsExactlyInAnyOrder("monthly ann 80 false", "monthly ann 100 false");
    assertThat(metric("tollgate_alerts_total{kind=\"quota\",level=\"100\",rule=\"monthly\"}"))
        .isEqualTo(1);
  }

  private static StartingPoint config(String yaml) throws StartFault {
    return Starts.alone(yaml);
  }

  private static String summary(Posted post) {
    try {
      JsonNode alert = new ObjectMapper().readTree(post.body());
      return String.join(
          " ",
          alert.get("rule").asText(),
          alert.get("subject").asText(),
          alert.get("level").asText(),
          alert.get("shadow").asText());
    } catch (IOException e) {
      throw new AssertionError(post.body(), e);
    }
  }

  /** Whatever was posted under one id is the same alert. */
  private Map<String, Posted> byId() {
    Map<String, Posted> alerts = new HashMap<>();
    for (Posted post : posts) {
      Posted before = alerts.put(post.id(), post);
      assertThat(before == null || before.body().equals(post.body())).isTrue();
    }
    return alerts;
  }

  private static String hmac(String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void provide(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    answers.acquireUninterruptibly();
    answer(exchange, providerStatus, providerStatus == 200 ? ANSWER : "{}");
  }

  private void hook(HttpExchange exchange) throws IOException {
    // Before anybody sees the post: who does may want the next ones answered otherwise.
    int status = hookStatus;
    posts.add(
        new Posted(
            exchange.getRequestHeaders().getFirst("X-Tollgate-Alert-Id"),
            exchange.getRequestHeaders().getFirst("X-Tollgate-Timestamp"),
            exchange.getRequestHeaders().getFirst("X-Tollgate-Signature"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    answer(exchange, status, "");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private HttpResponse<String> chat(String model) throws IOException, InterruptedException {
    return http.send(request(model), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String model) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
        .timeout(Duration.ofSeconds(60))
        .header("x-api-key", KEY)
        .header("content-type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                    .formatted(model)))
        .build();
  }

  private double scale(String rule) throws IOException, InterruptedException {
    return metric("tollgate_limit_scale{rule=\"" + rule + "\"}");
  }

  /**
   * @param series how its line begins
   */
  private double metric(String series) throws IOException, InterruptedException {
    String text =
        http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics"))
                    .timeout(Duration.ofSeconds(20))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher line =
        Pattern.compile("^" + Pattern.quote(series) + "\\S*? (\\S+)$", Pattern.MULTILINE)
            .matcher(text);
    assertThat(line.find()).as("%s in %s", series, text).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
