package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/limits.md} is true: a test of an example's name for each example on it. */
class LimitsDocIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** Told by text alone, as they are no limits: the request that explain takes. */
  private static final int UNMARKED_BLOCKS = 1;

  private static final HttpClient http = HttpClient.newHttpClient();

  @TempDir private static Path folder;

  private static LimitsPage page;
  private static Node node;
  private static int proxy;
  private static int admin;

  @BeforeAll
  static void start() throws Exception {
    page = new LimitsPage();
    proxy = FreePorts.next();
    admin = FreePorts.next();
    JsonNode tree = page.configuration();
    for (String setting :
        new String[] {
          "node.data_dir=" + folder,
          "log.decisions=off",
          "proxy.http={host: 127.0.0.1, port: " + proxy + "}",
          "admin={host: 127.0.0.1, port: " + admin + ", token: t}"
        }) {
      tree = Overrides.set(tree, setting);
    }
    ConfigResult result = Configuration.read(tree, Map.of(), false);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    node = Node.start(Starts.of(((ConfigResult.Valid) result).config()), NodeRoles.ALONE);
  }

  @AfterAll
  static void end() {
    http.close();
    node.close();
  }

  @Test
  void every_example_has_a_test_of_its_name() {
    Set<String> tests =
        Arrays.stream(LimitsDocIT.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(Method::getName)
            .collect(Collectors.toSet());

    assertThat(tests).containsAll(page.names());
    assertThat(page.blocks()).isEqualTo(page.names().size() + 1 + UNMARKED_BLOCKS);
  }

  @Test
  void simplest() throws Exception {
    pass("simplest", "ann", "demo-chat", 150);

    HttpResponse<String> refused = ask("simplest", "ann", "demo-chat", 10);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElse("")))
        .isBetween(1, 60);
    pass("simplest", "bob", "demo-chat", 10);
  }

  @Test
  void windows() throws Exception {
    pass("windows", "ann", "demo-chat", 150);
    pass("windows", "bob", "demo-chat", 150);

    assertThat(refusal("windows", "ann", "demo-chat").at("/error/rule").asText())
        .endsWith("/86400s");
    assertThat(refusal("windows", "bob", "demo-chat").at("/error/rule").asText()).endsWith("/60s");
  }

  @Test
  void requests() throws Exception {
    pass("requests", "ann", "demo-chat", 500);
    pass("requests", "ann", "demo-chat", 500);

    assertThat(refusal("requests", "ann", "demo-chat").at("/error/limit").asLong()).isEqualTo(2);
  }

  @Test
  void composite() throws Exception {
    pass("composite", "ann", "big-1", 60);

    refusal("composite", "ann", "big-1");
    pass("composite", "ann", "big-2", 10);
    pass("composite", "ann", "small", 60);
    pass("composite", "ann", "small", 60);
    pass("composite", "bob", "big-1", 60);
  }

  @Test
  void weights() throws Exception {
    pass("weights", "ann", "demo-chat", 30);

    assertThat(refusal("weights", "ann", "demo-chat").at("/error/used").asLong())
        .isGreaterThanOrEqualTo(120);
  }

  @Test
  void algorithms() throws Exception {
    pass("algorithms", "ann", "demo-chat", 100);
    pass("algorithms", "bob", "demo-chat", 100);

    assertThat(refusal("algorithms", "ann", "demo-chat").at("/error/reset_ms").asLong())
        .isBetween(30_000L, 120_000L);
    // A slice of the minute is forgotten as a whole, so it is up to two seconds more.
    assertThat(refusal("algorithms", "bob", "demo-chat").at("/error/reset_ms").asLong())
        .isBetween(30_000L, 62_000L);
  }

  @Test
  void calendar() throws Exception {
    pass("calendar", "ann", "demo-chat", 150);

    ZonedDateTime now = ZonedDateTime.now(BERLIN);
    ZonedDateTime next = now.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(BERLIN);
    assertThat(refusal("calendar", "ann", "demo-chat").at("/error/reset_ms").asLong())
        .isBetween(1L, Duration.between(now, next).toMillis() + 5000);
  }

  @Test
  void strict() throws Exception {
    HttpResponse<String> answer = ask("strict", "ann", "demo-chat", 500);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(ApiClient.tokensOf(answer)).isLessThanOrEqualTo(100);
  }

  @Test
  void shadow() throws Exception {
    pass("shadow", "ann", "demo-chat", 50);
    pass("shadow", "ann", "demo-chat", 50);

    JsonNode limit = explain("shadow", "ann").at("/limits/0");
    assertThat(limit.get("passing").asText()).isEqualTo("would_refuse");
    assertThat(limit.get("used").asLong()).isGreaterThanOrEqualTo(100);
    assertThat(explain("shadow", "ann").at("/result/passes").asBoolean()).isTrue();
  }

  @Test
  void tiers() throws Exception {
    pass("tiers", "bob", "demo-chat", 60);
    assertThat(refusal("tiers", "bob", "demo-chat").at("/error/rule").asText()).startsWith("free/");
    pass("tiers", "ann", "demo-chat", 200);

    assertThat(refusal("tiers", "ann", "demo-chat").at("/error/rule").asText()).startsWith("team/");
    pass("tiers", "cid", "demo-chat", 10);
  }

  @Test
  void schedule() throws Exception {
    long before = scheduled(Instant.now());
    long limit = explain("schedule", "ann").at("/limits/0/limit").asLong();

    assertThat(limit).isIn(before, scheduled(Instant.now()));
  }

  /** What the schedule in the document says at a time. */
  private static long scheduled(Instant time) {
    ZonedDateTime berlin = time.atZone(BERLIN);
    boolean office =
        berlin.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) < 0
            && berlin.getHour() >= 9
            && berlin.getHour() < 18;
    boolean weekend = time.atZone(ZoneOffset.UTC).getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0;
    return office ? 500 : weekend ? 2000 : 1000;
  }

  @Test
  void load() throws Exception {
    assertThat(explain("load", "ann").at("/limits/0/limit").asLong()).isEqualTo(1000);
    pass("load", "ann", "demo-chat", 10);
  }

  @Test
  void missing() throws Exception {
    assertThat(ask("missing", "ann", "demo-chat", 10).statusCode()).isEqualTo(429);
    HttpRequest named =
        HttpRequest.newBuilder(request("missing", "ann", "demo-chat", 10).build(), (n, v) -> true)
            .header("x-tenant", "a")
            .build();
    assertThat(http.send(named, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void stop() throws Exception {
    HttpRequest stream =
        HttpRequest.newBuilder(request("stop", "ann", "demo-chat", 2000).build(), (n, v) -> true)
            .POST(
                BodyPublishers.ofString(
                    "{\"model\":\"demo-chat\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
            .build();
    HttpResponse<String> answer = http.send(stream, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"finish_reason\":\"length\"", "\"usage\":{", "[DONE]");
  }

  @Test
  void penalty() throws Exception {
    pass("penalty", "ann", "demo-chat", 60);
    refusal("penalty", "ann", "demo-chat");
    refusal("penalty", "ann", "demo-chat");

    HttpResponse<String> refused = ask("penalty", "ann", "demo-chat", 10);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("penalty");
    assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElse("")))
        .isBetween(61, 300);
  }

  @Test
  void budgets() throws Exception {
    pass("budgets", "ann", "demo-chat", 350);
    HttpResponse<String> byMonth = ask("budgets", "ann", "demo-chat", 10);
    assertThat(byMonth.statusCode()).isEqualTo(403);
    assertThat(byMonth.body()).contains("insufficient_quota", "monthly");
    assertThat(byMonth.headers().firstValue("x-should-retry")).contains("false");

    pass("budgets", "bob", "demo-chat", 100);
    HttpResponse<String> byTeam = ask("budgets", "bob", "demo-chat", 10);
    assertThat(byTeam.statusCode()).isEqualTo(403);
    assertThat(byTeam.body()).contains("insufficient_quota", "budget team");
    pass("budgets", "cid", "demo-chat", 100);
  }

  private static void pass(String example, String consumer, String model, int tokens)
      throws Exception {
    HttpResponse<String> answer = ask(example, consumer, model, tokens);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    // What it used is settled a moment after it was answered.
    Eventually.that(
        () ->
            assertThat(explain(example, consumer, model).findValues("held"))
                .allMatch(held -> held.isNull() || held.asLong() == 0));
  }

  private static JsonNode refusal(String example, String consumer, String model) throws Exception {
    HttpResponse<String> answer = ask(example, consumer, model, 10);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    return JSON.readTree(answer.body());
  }

  private static HttpResponse<String> ask(String example, String consumer, String model, int tokens)
      throws Exception {
    return http.send(request(example, consumer, model, tokens).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      String example, String consumer, String model, int tokens) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + proxy + "/" + example + "/v1/chat/completions"))
        .timeout(Duration.ofSeconds(20))
        .header("x-api-key", consumer + "-key")
        .header("Content-Type", "application/json")
        .header("x-demo-tokens", Integer.toString(tokens))
        .POST(
            BodyPublishers.ofString(
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                    .formatted(model)));
  }

  private static JsonNode explain(String example, String consumer) throws Exception {
    return explain(example, consumer, "demo-chat");
  }

  private static JsonNode explain(String example, String consumer, String model) throws Exception {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/api/v1/explain"))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer t")
            .POST(
                BodyPublishers.ofString(
                    "{\"path\":\"/%s/v1/chat/completions\",\"consumer\":\"%s\",\"body\":{\"model\":\"%s\",\"messages\":[]}}"
                        .formatted(example, consumer, model)))
            .build();
    HttpResponse<String> answer = http.send(question, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }
}
