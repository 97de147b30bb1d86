package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What applications and administrators of a Higress gateway see, seen here: texts, status codes,
 * headers and keys in Redis, with a whole node and a real Redis. One row, one statement. Each has a
 * model, and with it a route, of its own.
 */
class HigressBehaviourIT {
  private static final String COUNTERS = "higress-token-ratelimit:";
  private static final String DENIED = "Request denied by ai quota check. ";
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @TempDir private static Path folder;

  private static OwnRedis redis;
  private static Node node;
  private static HttpClient http;
  private static int port;

  private record Row(String statement, Check check) {
    @Override
    public String toString() {
      return statement;
    }
  }

  @FunctionalInterface
  private interface Check {
    void run() throws Exception;
  }

  @BeforeAll
  static void start() throws Exception {
    redis = new OwnRedis(folder.resolve("redis"));
    port = FreePorts.next();
    ConfigResult config = Configuration.read(YAML.readTree(yaml()), Map.of(), false);
    assertThat(config).isInstanceOf(ConfigResult.Valid.class);
    node = Node.start(Starts.of(((ConfigResult.Valid) config).config()), NodeRoles.ALONE);
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void end() throws Exception {
    http.close();
    node.close();
    redis.close();
  }

  private static String yaml() {
    return """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d, token: some-token }
        log: { decisions: "off" }
        store: { redis: "redis://127.0.0.1:%d" }
        providers:
        - { name: simulated, type: demo, demo: { first_token: 0s, interval: 0s } }
        - { name: nobody, type: openai, base_url: "http://127.0.0.1:1/v1" }
        consumers:
        - { name: admin, keys: [key-of-admin] }
        - { name: ann, keys: [key-of-ann], labels: { team: red } }
        - { name: bob, keys: [key-of-bob], labels: { team: red } }
        routes:
        """
            .formatted(folder.resolve("data"), port, FreePorts.next(), redis.port())
        + limited(
            "by-header",
            "limit_by_per_header: x-api-key, limit_keys: [ { key: '*', token_per_minute: 5 } ]")
        + limited(
            "by-consumer", "limit_by_consumer: '', limit_keys: [ { key: ann, token_per_hour: 5 } ]")
        + limited(
            "by-ip",
            "limit_by_per_ip: from-remote-addr, limit_keys: [ { key: 0.0.0.0/0, token_per_day: 5 } ]")
        + limited(
            "by-param", "limit_by_param: tier, limit_keys: [ { key: gold, token_per_second: 5 } ]")
        + limited(
            "by-cookie",
            "limit_by_per_cookie: sid, limit_keys: [ { key: '*', token_per_minute: 5 } ]")
        + limited(
            "by-pair",
            "limit_by: [consumer, model], limit_keys: [ { key: '*', token_per_minute: 5 } ]")
        + limited(
            "must-have",
            "limit_by_per_header: x-team, missing: refuse, limit_keys: [ { key: '*', token_per_minute: 5 } ]")
        + limited(
            "part",
            "limit_by_per_header: x-tier, limit_keys: [ { key: 'regexp:old', token_per_minute: 5 } ]")
        + route(
            "team",
            "ai-token-ratelimit: { rule_name: team, rule_items: ["
                + " { limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 1000 } ] },"
                + " { limit_by: label:team, limit_keys: [ { key: '*', token_per_hour: 5 } ] } ] }")
        + route(
            "texts",
            "ai-token-ratelimit: { rule_name: texts, rejected_code: 430, rejected_msg: '{\"slow\":\"down\"}', global_threshold: { token_per_minute: 1 } }")
        + route("metered", "ai-quota: { admin_consumer: admin }")
        + """
        - name: detour
          models: [detour]
          upstreams: [nobody]
          fallback: { upstreams: [simulated], on: [connect] }
          auth: { in_header: [x-api-key] }
          ai-token-ratelimit: { rule_name: detour, rule_items: [ { limit_by: provider, limit_keys: [ { key: simulated, token_per_hour: 5 } ] } ] }
        """;
  }

  private static String limited(String name, String item) {
    return route(
        name, "ai-token-ratelimit: { rule_name: " + name + ", rule_items: [ { " + item + " } ] }");
  }

  private static String route(String name, String block) {
    return """
        - name: %s
          models: [%s]
          upstreams: [simulated]
          auth: { in_header: [x-api-key] }
          %s
        """
        .formatted(name, name, block);
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row(
            "1.4 the first chat passes and the next is refused with 429, the reset in seconds",
            () -> {
              HttpResponse<String> refused = spend("by-header", "ann");
              assertThat(refused.statusCode()).isEqualTo(429);
              assertThat(reset(refused)).isBetween(1L, 60L);
              assertThat(refused.body()).contains("Too many requests", "rate_limit_exceeded");
            }),
        new Row(
            "1.4 the status and the text of a refusal are the rule's",
            () -> {
              HttpResponse<String> refused = spend("texts", "ann");
              assertThat(refused.statusCode()).isEqualTo(430);
              assertThat(refused.body()).isEqualTo("{\"slow\":\"down\"}");
            }),
        new Row(
            "1.3 the counter of a key is named after the key",
            () -> counted("by-header", "ann", "limit_by_per_header:60:x-api-key:key-of-ann")),
        new Row(
            "1.3 the counter of a consumer is named x-mse-consumer",
            () -> counted("by-consumer", "ann", "limit_by_consumer:3600:x-mse-consumer:ann")),
        new Row(
            "1.3 the counter of an address carries the whole from-…",
            () -> counted("by-ip", "ann", "limit_by_per_ip:86400:from-remote-addr:127.0.0.1")),
        new Row(
            "1.3 the counter of a global threshold has no value",
            () -> counted("texts", "ann", "global_threshold:60")),
        new Row(
            "1.2 who is not among the keys is not limited",
            () -> {
              assertThat(chat("by-consumer", "bob").statusCode()).isEqualTo(200);
              assertThat(chat("by-consumer", "bob").statusCode()).isEqualTo(200);
            }),
        new Row(
            "1.2 a request without the parameter is not limited",
            () -> {
              assertThat(chat("by-param", "ann").statusCode()).isEqualTo(200);
              assertThat(chat("by-param", "ann").statusCode()).isEqualTo(200);
            }),
        new Row(
            "12 a cookie whose value has = in it is counted whole",
            () -> {
              chat("by-cookie", "ann", "cookie", "other; sid=a=b=");
              Eventually.that(
                  () ->
                      assertThat(counter("by-cookie", "limit_by_per_cookie:60:sid:a=b="))
                          .isPositive());
            }),
        new Row(
            "12 an expression that matches a part of a value counts the whole value",
            () -> {
              chat("part", "ann", "x-tier", "golden");
              Eventually.that(
                  () ->
                      assertThat(counter("part", "limit_by_per_header:60:x-tier:golden"))
                          .isPositive());
            }),
        new Row(
            "12 a forged x-mse-consumer changes nobody's counter",
            () -> {
              spend("by-pair", "ann");
              assertThat(chat("by-pair", "ann", "x-mse-consumer", "bob").statusCode())
                  .isEqualTo(429);
              assertThat(counter("by-pair", "limit_by:60:consumer,model:bob,by-pair")).isZero();
            }),
        new Row(
            "13 consumer and model together are one key",
            () -> {
              spend("by-pair", "ann");
              assertThat(counter("by-pair", "limit_by:60:consumer,model:ann,by-pair"))
                  .isGreaterThan(5);
              assertThat(chat("by-pair", "bob").statusCode()).isEqualTo(200);
            }),
        new Row(
            "13 a team and its consumers are both charged, and both must have room",
            () -> {
              spend("team", "ann");
              assertThat(chat("team", "bob").statusCode()).isEqualTo(429);
              long ofAnn = counter("team", "limit_by_per_consumer:3600:x-mse-consumer:ann");
              assertThat(ofAnn).isGreaterThan(5);
              assertThat(counter("team", "limit_by:3600:label:team:red")).isEqualTo(ofAnn);
            }),
        new Row(
            "13 a value that must be there is asked for, and no retry is promised",
            () -> {
              HttpResponse<String> refused = chat("must-have", "ann");
              assertThat(refused.statusCode()).isEqualTo(429);
              assertThat(refused.body()).contains("x-team");
              assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
              assertThat(refused.headers().firstValue("retry-after")).isEmpty();
              assertThat(chat("must-have", "ann", "x-team", "red").statusCode()).isEqualTo(200);
            }),
        new Row(
            "13 what another provider serves is limited by that provider's limit",
            () -> {
              assertThat(chat("detour", "ann").statusCode()).isEqualTo(200);
              Eventually.that(
                  () ->
                      assertThat(counter("detour", "limit_by:3600:provider:simulated"))
                          .isGreaterThan(5));
              HttpResponse<String> refused = chat("detour", "ann");
              assertThat(refused.statusCode()).isEqualTo(429);
              assertThat(refused.body()).contains("detour/limit_by:provider");
            }),
        new Row(
            "2.2 without a key nobody gets in",
            () -> {
              HttpResponse<String> refused = chat("metered", "nobody");
              assertThat(refused.statusCode()).isEqualTo(401);
              assertThat(refused.headers().firstValue("www-authenticate")).isPresent();
            }),
        new Row(
            "2.2 without a balance a chat is refused with 403",
            () -> {
              HttpResponse<String> refused = chat("metered", "bob");
              assertThat(refused.statusCode()).isEqualTo(403);
              assertThat(refused.body())
                  .contains("Request denied by ai quota check, No quota left");
            }),
        new Row(
            "2.3 an unknown consumer has a quota of 0",
            () ->
                assertThat(query("?consumer=stranger", "admin").body())
                    .isEqualTo("{\"consumer\":\"stranger\",\"quota\":0}")),
        new Row(
            "2.3 refresh sets, delta adds, and the balance is a plain integer in Redis",
            () -> {
              assertThat(change("/refresh", "consumer=ann&quota=100").body())
                  .isEqualTo("refresh quota successful");
              assertThat(change("/delta", "consumer=ann&value=-30").body())
                  .isEqualTo("delta quota successful");
              assertThat(redis.number("chat_quota:ann")).isEqualTo(70);
              assertThat(query("?consumer=ann", "admin").body())
                  .isEqualTo("{\"consumer\":\"ann\",\"quota\":70}");
            }),
        new Row(
            "2.3 a query without a consumer is refused",
            () -> {
              assertThat(query("", "admin").statusCode()).isEqualTo(403);
              assertThat(query("", "admin").body()).isEqualTo(DENIED + "consumer can't be empty.");
            }),
        new Row(
            "2.3 a refresh without a number is refused",
            () ->
                assertThat(change("/refresh", "consumer=ann").body())
                    .isEqualTo(DENIED + "consumer can't be empty and quota must be integer.")),
        new Row(
            "2.3 a delta without a number is refused",
            () ->
                assertThat(change("/delta", "consumer=ann").body())
                    .isEqualTo(DENIED + "consumer can't be empty and value must be integer.")),
        new Row(
            "2.3 only the administrator may ask",
            () -> {
              HttpResponse<String> refused = query("?consumer=ann", "ann");
              assertThat(refused.statusCode()).isEqualTo(403);
              assertThat(refused.body()).isEqualTo(DENIED + "Unauthorized admin consumer.");
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void higress_users_find_what_they_know(Row row) throws Exception {
    row.check().run();
  }

  /** Chats until the limit is spent, and returns the refusal. */
  private static HttpResponse<String> spend(String model, String consumer) throws Exception {
    HttpResponse<String> answer = chat(model, consumer);
    if (answer.statusCode() == 200) {
      answer = chat(model, consumer);
    }
    return answer;
  }

  private static void counted(String rule, String consumer, String key) throws Exception {
    spend(rule, consumer);
    assertThat(counter(rule, key)).isGreaterThan(5);
    long millis = Long.parseLong(redis.ask("PTTL " + COUNTERS + rule + ":" + key).substring(1));
    assertThat(millis).isPositive();
  }

  private static long counter(String rule, String key) throws Exception {
    return redis.number(COUNTERS + rule + ":" + key);
  }

  private static long reset(HttpResponse<String> answer) {
    return answer.headers().firstValueAsLong("X-TokenRateLimit-Reset").orElse(-1);
  }

  private static HttpResponse<String> chat(String model, String consumer, String... headers)
      throws Exception {
    String question =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"who are you?\"}]}";
    HttpRequest.Builder request =
        request("", consumer)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(question.formatted(model)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  private static HttpResponse<String> query(String query, String consumer) throws Exception {
    return send(request("/quota" + query, consumer).header("x-higress-llm-model", "metered"));
  }

  private static HttpResponse<String> change(String path, String form) throws Exception {
    return send(
        request("/quota" + path, "admin")
            .header("x-higress-llm-model", "metered")
            .POST(BodyPublishers.ofString(form)));
  }

  private static HttpRequest.Builder request(String path, String consumer) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + "/v1/chat/completions" + path))
        .timeout(Duration.ofSeconds(20))
        .header("x-api-key", "key-of-" + consumer);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
