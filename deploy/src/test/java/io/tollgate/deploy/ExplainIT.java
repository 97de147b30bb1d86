package io.tollgate.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code explain}, beside a gateway that has a Redis of its own to look at. */
class ExplainIT {
  private static final String REQUEST =
      """
      POST /v1/chat/completions HTTP/1.1
      Host: localhost
      x-api-key: ann-secret
      Content-Type: application/json

      {"model": "demo-chat", "messages": [{"role": "user", "content": "Hi"}]}
      """;

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private OwnRedis redis;
  private int port;
  private Path config;

  @BeforeEach
  void start() throws Exception {
    redis = new OwnRedis(folder.resolve("redis"));
    port = FreePorts.next();
    config =
        Files.writeString(
            folder.resolve("tollgate.yaml"),
            """
            node: { data_dir: "%s" }
            log: { decisions: off }
            proxy: { http: { host: 127.0.0.1, port: %d } }
            admin: { port: %d }
            store: { redis: "redis://127.0.0.1:%d" }
            providers: [{ name: model, type: demo, demo: { first_token: 0s, interval: 0s } }]
            consumers:
            - { name: ann, keys: [ann-secret] }
            - { name: bob, keys: [bob-secret] }
            routes:
            - name: chat
              path_prefix: /v1
              upstreams: [model]
              auth: { allow: [ann] }
              ai-quota: { admin_consumer: ann }
              ai-token-ratelimit:
                rule_name: r
                rule_items:
                - limit_by_per_header: x-api-key
                  limit_keys: [{ key: "*", token_per_minute: 100 }]
                - limit_by_header: x-tier
                  limit_keys: [{ key: gold, token_per_minute: 100 }]
            """
                .formatted(folder.resolve("data"), port, FreePorts.next(), redis.port()));
  }

  @AfterEach
  void end() throws Exception {
    redis.close();
  }

  @Test
  void a_request_is_explained_and_redis_is_as_it_was() throws Exception {
    redis.ask("SET chat_quota:ann 5000");
    try (Node node = Node.start(Starts.of(read()), NodeRoles.ALONE)) {
      assertThat(node).isNotNull();
      assertThat(new ApiClient(port).chat("ann-secret", "demo-chat", "Hi").statusCode())
          .isEqualTo(200);
      Eventually.that(() -> assertThat(redis.number("chat_quota:ann")).isLessThan(5000));
    }
    Map<String, String> before = dump();

    assertThat(explain("--json")).isZero();

    JsonNode told = new ObjectMapper().readTree(out.toString());
    assertThat(told.get("route").asText()).isEqualTo("chat");
    assertThat(told.get("consumer").asText()).isEqualTo("ann");
    JsonNode limit = told.at("/limits/0");
    assertThat(limit.get("key").asText()).isEqualTo("the key of ann");
    long used = limit.get("used").asLong();
    assertThat(used).isPositive().isEqualTo(5000 - redis.number("chat_quota:ann"));
    assertThat(limit.get("left").asLong()).isEqualTo(100 - used);
    assertThat(told.at("/idle/0/rule").asText()).isEqualTo("r/limit_by_header:x-tier");
    assertThat(told.at("/idle/0/why").asText()).isEqualTo("the request has no header x-tier");
    assertThat(told.at("/balances/0/balance").asLong()).isEqualTo(5000 - used);
    assertThat(out.toString()).doesNotContain("secret");
    assertThat(dump()).isEqualTo(before);
  }

  @Test
  void a_refusal_is_told_as_the_client_would_get_it() throws Exception {
    redis.ask("SET chat_quota:ann 10");
    redis.ask(
        "SET higress-token-ratelimit:r:limit_by_per_header:60:x-api-key:ann-secret 200 EX 50");
    Map<String, String> before = dump();

    assertThat(explain()).isEqualTo(3);

    assertThat(out.toString())
        .contains("would be refused with 429 rate_limit_exceeded; again in ", "Too many requests")
        .doesNotContain("secret");
    assertThat(dump()).isEqualTo(before);
  }

  @Test
  void spent_balances_unknown_keys_and_consumers_who_may_not_are_told() throws Exception {
    assertThat(explain()).isEqualTo(3);
    assertThat(out.toString()).contains("403 insufficient_quota");

    assertThat(explain("--consumer", "bob")).isEqualTo(3);
    assertThat(out.toString()).contains("403 consumer_not_allowed");

    assertThat(explain("--consumer", "zoe")).isEqualTo(1);
    assertThat(err.toString()).contains("no consumer of the configuration is named zoe");
  }

  @Test
  void a_request_of_yaml_may_name_a_consumer_and_its_faults_are_told() throws Exception {
    redis.ask("SET chat_quota:ann 10");
    Path yaml = Files.writeString(folder.resolve("r.yaml"), "path: /v1/models\nmethod: get\n");
    assertThat(run("explain", "--config", config.toString(), "--request", yaml.toString()))
        .isEqualTo(3);
    assertThat(out.toString()).contains("401 invalid_api_key");

    Files.writeString(yaml, "path: /v1/chat/completions\nconsumr: ann\n");
    assertThat(run("explain", "--config", config.toString(), "--request", yaml.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("consumr: found an unknown field; allowed: method, path");
  }

  @Test
  void a_limiting_service_is_told_of_and_not_asked_and_the_keys_are_those_that_it_is_asked_about()
      throws Exception {
    redis.ask("SET chat_quota:ann 5000");
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    HttpServer service = refusing(asked);
    try {
      Files.writeString(
          config,
          """
            llm-token-ratelimit:
              matches: [{ path: { prefix: /v1/chat }, headers: { x-tier: { regex: "^g" } } }]
              rateLimitKeys: ["{{consumer}} of {{request.headers.x-tier}}", "{{request.query.team}}"]
              rateLimitService: { url: "http://127.0.0.1:%d/limits", timeout: 5s }
              fallOpen: false
          """
              .formatted(service.getAddress().getPort()),
          StandardOpenOption.APPEND);
      String gold = REQUEST.replace("Host:", "x-tier: gold\nHost:");

      assertThat(explainOf(gold, "--json")).isZero();
      JsonNode told = new ObjectMapper().readTree(out.toString());
      JsonNode view = told.get("service");
      assertThat(view.get("service").asText())
          .endsWith(":" + service.getAddress().getPort() + "/limits");
      assertThat(view.get("concerned").asBoolean()).isTrue();
      assertThat(view.get("passing").asText()).isEqualTo("unknown");
      assertThat(view.get("conditions").toString())
          .isEqualTo(
              "[{\"of\":\"path\",\"is\":\"prefix /v1/chat\",\"holds\":true},"
                  + "{\"of\":\"header:x-tier\",\"is\":\"regex ^g\",\"holds\":true}]");
      assertThat(view.get("keys").toString())
          .isEqualTo(
              "[{\"template\":\"{{consumer}} of {{request.headers.x-tier}}\",\"key\":\"ann of"
                  + " gold\",\"missing\":null},{\"template\":\"{{request.query.team}}\","
                  + "\"key\":null,\"missing\":\"{{request.query.team}}\"}]");
      assertThat(told.at("/result/message").asText()).contains("which was not asked");

      assertThat(explainOf(gold)).isZero();
      assertThat(out.toString())
          .contains(
              "not asked, as a question changes its buckets; fallOpen: false",
              "would pass, if its limiting service allows it, which was not asked");

      assertThat(explainOf(REQUEST)).isZero();
      assertThat(out.toString())
          .contains("not asked about such requests: a condition does not hold")
          .endsWith(System.lineSeparator() + "would pass" + System.lineSeparator());
      assertThat(asked).as("nothing that takes").isEmpty();

      try (Node node = Node.start(Starts.of(read()), NodeRoles.ALONE);
          HttpClient http = HttpClient.newHttpClient()) {
        assertThat(node).isNotNull();
        HttpRequest real =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .headers("x-api-key", "ann-secret", "x-tier", "gold")
                .POST(BodyPublishers.ofString("{\"model\":\"demo-chat\",\"messages\":[]}"))
                .build();
        assertThat(http.send(real, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
        assertThat(URLDecoder.decode(asked.take(), UTF_8))
            .startsWith("/limits/ratelimit?ratelimit_keys=[\"ann of gold\"]&");
      }
    } finally {
      service.stop(0);
    }
  }

  /** A limiting service that lets nobody pass, and what it was asked. */
  private static HttpServer refusing(Queue<String> asked) throws Exception {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] answer = "{\"allow\":false,\"description\":\"spent\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    service.start();
    return service;
  }

  @Test
  void limits_by_the_key_of_a_named_consumer_are_those_of_his_key() throws Exception {
    redis.ask("SET chat_quota:ann 5000");
    redis.ask(
        "SET higress-token-ratelimit:r:limit_by_per_header:60:x-api-key:ann-secret 200 EX 50");

    assertThat(explainOf(REQUEST.replace("ann-secret", "bob-secret"), "--consumer", "ann"))
        .isEqualTo(3);
    assertThat(out.toString()).contains("the key of ann", "429 rate_limit_exceeded");

    assertThat(explainOf(REQUEST.replace("x-api-key: ann-secret\n", ""), "--consumer", "ann"))
        .isEqualTo(3);
    assertThat(out.toString()).contains("the key of ann", "429 rate_limit_exceeded");
  }

  @Test
  void beside_a_number_of_a_schedule_stands_the_usual_one() throws Exception {
    redis.ask("SET chat_quota:ann 5000");
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "limit_keys: [{ key: \"*\", token_per_minute: 100 }]",
                "limit_keys: [{ key: \"*\", token_per_minute: 100, request_per_hour: 7,"
                    + " schedule: [{ time_zone: Asia/Tokyo, token_per_minute: 30 }] }]"));

    assertThat(explain("--json")).isZero();
    JsonNode told = new ObjectMapper().readTree(out.toString());
    assertThat(told.at("/limits/0/limit").asLong()).isEqualTo(30);
    assertThat(told.at("/limits/0/usual").asLong()).isEqualTo(100);
    assertThat(told.at("/limits/0/changed_by").asText())
        .isEqualTo("schedule: 00:00-24:00 Asia/Tokyo");
    assertThat(told.at("/limits/1/limit").asLong()).isEqualTo(7);
    assertThat(told.at("/limits/1/usual").asLong()).isEqualTo(7);
    assertThat(told.at("/limits/1/changed_by").asText()).isEmpty();

    assertThat(explain()).isZero();
    assertThat(out.toString())
        .contains("30 tokens, usually 100", "passes (schedule: 00:00-24:00 Asia/Tokyo)");
  }

  private int explain(String... more) throws Exception {
    return explainOf(REQUEST, more);
  }

  private int explainOf(String asked, String... more) throws Exception {
    Path request = Files.writeString(folder.resolve("request.http"), asked);
    String[] arguments = new String[5 + more.length];
    arguments[0] = "explain";
    arguments[1] = "--config";
    arguments[2] = config.toString();
    arguments[3] = "--request";
    arguments[4] = request.toString();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return run(arguments);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine line = Main.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private TollgateConfig read() throws Exception {
    ConfigResult result = Configuration.read(ConfigFile.read(config), Map.of(), false);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  /** All keys with what Redis would save of them. */
  private Map<String, String> dump() throws Exception {
    Map<String, String> dump = new TreeMap<>();
    for (String key : redis.keys()) {
      dump.put(key, redis.digest(key));
    }
    assertThat(dump).isNotEmpty();
    return dump;
  }
}
