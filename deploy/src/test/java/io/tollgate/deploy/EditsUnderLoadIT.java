package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes of a cluster, each with a file of its own, whose rules and budgets are edited while
 * callers ask both of them without a pause and streams are open.
 */
class EditsUnderLoadIT {
  private static final String USER = TwoRoutes.USER_KEY;
  private static final String COUNTER =
      "higress-token-ratelimit:shared:limit_by_per_consumer:3600:x-mse-consumer:user";
  private static final String PER_CONSUMER =
      "\"limit_by_per_consumer\":\"\",\"limit_keys\":[{\"key\":\"*\"";
  private static final int ANSWER_TOKENS = 4;
  private static final int STREAM_TOKENS = 150;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private final List<Traffic> callers = new ArrayList<>();
  private final List<OpenStream> streams = new ArrayList<>();
  private NodePair pair;

  @BeforeEach
  void start() throws Exception {
    pair = new NodePair(directory);
    for (int node = 0; node < 2; node++) {
      Path file = Files.writeString(file(node), yaml(node, 1_000_000, 1_000_000));
      pair.start(Starts.with(new ConfigSource(() -> ConfigFile.read(file), file, Map.of(), true)));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Traffic each : callers) {
      each.close();
    }
    for (OpenStream stream : streams) {
      stream.close();
    }
    pair.close();
  }

  @Test
  void a_budget_that_is_edited_under_load_loses_nothing_and_charges_nothing_twice()
      throws Exception {
    startCallers("budgeted");
    int version = 0;
    for (String edit :
        List.of(
            "{\"limit_by\":\"consumer\",\"tokens\":2000000,\"per\":\"day\"}",
            "{\"limit_by\":\"consumer\",\"tokens\":2000000,\"per\":\"day\",\"overdraft\":50}",
            "{\"limit_by\":\"consumer\",\"tokens\":1,\"per\":\"day\",\"mode\":\"shadow\"}",
            "{\"limit_by\":\"consumer\",\"tokens\":3000000,\"per\":\"day\",\"carry_over\":100}",
            "{\"limit_by\":\"consumer\",\"tokens\":3000000,\"per\":\"month\"}",
            "{\"limit_by\":\"label:team\",\"tokens\":3000000,\"per\":\"month\"}",
            "{\"limit_by\":\"consumer\",\"tokens\":3000000,\"per\":\"month\"}")) {
      openStreams("budgeted");
      String value = edit.contains("label") ? "red" : "user";
      send(version % 2, "PUT", "/api/v1/budgets/monthly", edit, 200);
      version++;
      pair.awaitVersion(version);
      grant(version % 2, value, 500);
    }
    send(0, "DELETE", "/api/v1/budgets", null, 200);
    pair.awaitVersion(version + 1);
    replaceFiles(1_000_000, 4_000_000);

    long produced = produced();

    assertThat(answers()).as("nobody was refused").allMatch(Traffic.Answer::passed);
    Eventually.that(() -> assertThat(held("user") + held("red")).isZero());
    assertThat(charged("user") + charged("red")).isEqualTo(produced);
    assertThat(charged("red")).isPositive();
    // The latest amount and seven grants, one of them the team's.
    assertThat(pair.redis().number("tollgate:quota:monthly:user") + charged("user"))
        .isEqualTo(4_000_000 + 6 * 500);
    assertThat(audit("user"))
        .filteredOn(entry -> entry.path("what").asText().equals("grant"))
        .hasSize(6);
  }

  @Test
  void a_limit_that_counts_in_another_way_keeps_what_is_used_and_refuses_nobody() throws Exception {
    startCallers("limited");
    int version = 0;
    for (String window :
        List.of(
            window("sliding_window", 900_000),
            window("token_bucket", 36),
            window("leaky_bucket", 36),
            window("fixed_window", 800_000),
            window("token_bucket", 36),
            window("sliding_window", 900_000))) {
      limit(version % 2, PER_CONSUMER, window);
      version++;
      pair.awaitVersion(version);
    }
    send(0, "DELETE", "/api/v1/routes/limited/limits", null, 200);
    pair.awaitVersion(version + 1);

    long produced = produced();

    assertThat(answers()).as("nobody was refused").allMatch(Traffic.Answer::passed);
    // From buckets with 36 an hour a token may have run off.
    Eventually.that(
        () -> assertThat(pair.redis().number(COUNTER)).isBetween(produced - 1, produced));
    assertThat(pair.redis().hash('{' + COUNTER + "}:holds")).hasSize(1).containsKey("state");
  }

  @Test
  void a_limit_that_gets_another_period_count_or_key_bills_each_request_by_the_one_it_began_with()
      throws Exception {
    startCallers("limited");
    limit(0, PER_CONSUMER, "{\"tokens\":900000,\"per\":\"day\"}");
    pair.awaitVersion(1);
    awaitAnswers();
    limit(
        1,
        PER_CONSUMER,
        "{\"tokens\":900000,\"per\":\"day\",\"count\":{\"input\":2,\"output\":2}}");
    pair.awaitVersion(2);
    awaitAnswers();
    limit(
        0,
        "\"limit_by_consumer\":\"\",\"limit_keys\":[{\"key\":\"user\"",
        window("fixed_window", 9_000));
    pair.awaitVersion(3);
    awaitAnswers();
    send(0, "DELETE", "/api/v1/routes/limited/limits", null, 200);
    pair.awaitVersion(4);
    awaitAnswers();
    openStreams("limited");

    long produced = produced();

    assertThat(answers()).as("nobody was refused").allMatch(Traffic.Answer::passed);
    Eventually.that(
        () -> {
          List<Long> counted = new ArrayList<>();
          for (String counter : pair.redis().keys()) {
            if (counter.startsWith("higress-token-ratelimit:shared:")) {
              long used = pair.redis().number(counter);
              assertThat(used).as(counter).isPositive();
              counted.add(counter.contains(":86400-") ? used / 2 : used);
            }
          }
          assertThat(counted).hasSize(4);
          assertThat(counted.stream().mapToLong(Long::longValue).sum()).isEqualTo(produced);
        });
  }

  @Test
  void a_rule_and_a_budget_that_are_edited_in_one_file_change_together() throws Exception {
    assertThat(pair.client(0).chat(USER, "both", "hi").statusCode()).isEqualTo(200);
    replaceFiles(1_000_000, 1);
    startCallers("both");
    // One of the two refuses everybody, at each moment, on each node.
    for (int turn = 0; turn < 3; turn++) {
      replaceFiles(1, 1_000_000);
      awaitAnswers();
      replaceFiles(1_000_000, 1);
      awaitAnswers();
    }
    produced();

    List<Traffic.Answer> answers = answers().toList();
    assertThat(answers).extracting(Traffic.Answer::status).contains(403, 429);
    assertThat(answers).extracting(Traffic.Answer::status).containsOnly(403, 429);
  }

  /** More than were under way. */
  private void awaitAnswers() throws Exception {
    long before = answers().count();
    Eventually.that(() -> assertThat(answers().count()).isGreaterThan(before + 12));
  }

  /**
   * Edits the route's limit to this window, while streams are open that began by the one before.
   */
  private void limit(int node, String keys, String window) throws Exception {
    openStreams("limited");
    send(
        node,
        "PUT",
        "/api/v1/routes/limited/limits",
        "{\"rule_name\":\"shared\",\"rule_items\":[{%s,\"windows\":[%s]}]}]}"
            .formatted(keys, window),
        200);
  }

  private void startCallers(String model) {
    for (int node = 0; node < 2; node++) {
      callers.add(new Traffic(pair.port(node)).start(USER, model, 3, ANSWER_TOKENS));
    }
  }

  private void openStreams(String model) throws IOException {
    for (int i = 0; i < 6; i++) {
      streams.add(new OpenStream(pair.port(i % 2), USER, model, STREAM_TOKENS));
    }
  }

  /** Stops all and returns what the provider has produced. */
  private long produced() throws Exception {
    for (Traffic each : callers) {
      each.stop();
    }
    long tokens = answers().mapToLong(Traffic.Answer::tokens).sum();
    for (OpenStream stream : streams) {
      tokens += stream.usage();
    }
    return tokens;
  }

  private Stream<Traffic.Answer> answers() {
    return callers.stream().flatMap(each -> each.answers().stream());
  }

  /** Returns when both nodes go by it. */
  private void replaceFiles(long limit, long budget) throws Exception {
    for (int node = 0; node < 2; node++) {
      Path next = Files.writeString(directory.resolve("next.yaml"), yaml(node, limit, budget));
      Files.move(next, file(node), StandardCopyOption.ATOMIC_MOVE);
    }
    for (int node = 0; node < 2; node++) {
      int each = node;
      Eventually.that(
          () ->
              assertThat(pair.rules(each).path("budgets").toString()).contains(":" + budget + ','));
    }
  }

  private void grant(int node, String value, long tokens) throws Exception {
    send(
        node,
        "POST",
        "/api/v1/budgets/monthly/balances/" + value + "/grants",
        "{\"tokens\":" + tokens + "}",
        200);
  }

  /** What requests have been charged: all that was added to the balance, less what is left. */
  private long charged(String value) throws Exception {
    long added = 0;
    for (JsonNode entry : audit(value)) {
      added += entry.path("tokens").asLong();
    }
    return added - pair.redis().number("tollgate:quota:monthly:" + value);
  }

  private JsonNode audit(String value) throws Exception {
    return send(
            0, "GET", "/api/v1/budgets/monthly/balances/" + value + "/audit?limit=1000", null, 200)
        .path("entries");
  }

  private long held(String value) throws Exception {
    return send(0, "GET", "/api/v1/budgets/monthly/balances?value=" + value, null, 200)
        .path("balances")
        .path(0)
        .path("held")
        .asLong();
  }

  private JsonNode send(int node, String method, String path, String body, int status)
      throws Exception {
    HttpResponse<String> answer = pair.send(node, method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  /** A bucket so slow that next to nothing runs off. */
  private static String window(String algorithm, long tokens) {
    return "{\"tokens\":%d,\"per\":\"hour\",\"algorithm\":\"%s\"%s}"
        .formatted(tokens, algorithm, algorithm.endsWith("bucket") ? ",\"burst\":1000000" : "");
  }

  private Path file(int node) {
    return directory.resolve("node-" + node + ".yaml");
  }

  private String yaml(int node, long limit, long budget) {
    return pair.yaml(node)
        + """
        providers:
        - { name: simulated, type: demo, demo: { first_token: 0ms, interval: 10ms } }
        consumers:
        - { name: user, keys: [%1$s], labels: { team: red } }
        routes:
        - { name: budgeted, models: [budgeted], upstreams: [simulated], auth: {} }
        - name: limited
          models: [limited]
          upstreams: [simulated]
          auth: {}
          ai-token-ratelimit:
            rule_name: shared
            rule_items:
            - { limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 1000000 } ] }
        - name: both
          models: [both]
          upstreams: [simulated]
          auth: {}
          ai-token-ratelimit:
            rule_name: both
            rule_items:
            - { limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: %2$d } ] }
        quotas:
        - { name: monthly, when: { routes: [budgeted] }, limit_by: consumer, tokens: %3$d, per: day }
        - { name: both, when: { routes: [both] }, limit_by: consumer, tokens: %3$d, per: day }
        """
            .formatted(USER, limit, budget);
  }
}
