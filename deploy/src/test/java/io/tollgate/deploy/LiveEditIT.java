package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a cluster whose rules are edited over REST while they have requests. */
class LiveEditIT {
  private static final String USER = TwoRoutes.USER_KEY;
  private static final String COUNTER =
      "higress-token-ratelimit:shared:limit_by_per_consumer:3600:x-mse-consumer:user";
  private static final int ANSWER_TOKENS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private NodePair pair;

  @BeforeEach
  void start() throws Exception {
    pair = new NodePair(directory);
    start(0);
  }

  @AfterEach
  void stop() throws Exception {
    pair.close();
  }

  @Test
  void an_edit_goes_for_both_nodes_and_keeps_what_is_used_and_held() throws Exception {
    start(1);
    List<OpenStream> streams = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      streams.add(new OpenStream(pair.port(i % 2), USER, "limited", ANSWER_TOKENS));
    }

    HttpResponse<String> raised = edit(0, limits(2_000_000), null);

    assertThat(raised.statusCode()).as(raised.body()).isEqualTo(200);
    pair.awaitVersion(1);
    for (int i = 0; i < 10; i++) {
      streams.add(new OpenStream(pair.port(i % 2), USER, "limited", ANSWER_TOKENS));
    }
    long used = 0;
    for (OpenStream stream : streams) {
      used += stream.usage();
      stream.close();
    }
    long billed = used;
    Eventually.that(() -> assertThat(pair.redis().number(COUNTER)).isEqualTo(billed));

    edit(1, limits(used / 2), null);
    pair.awaitVersion(2);
    for (int node = 0; node < 2; node++) {
      HttpResponse<String> refused = pair.client(node).chat(USER, "limited", "hi");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("\"used\":" + used);
    }

    pair.send(0, "DELETE", "/api/v1/routes/limited/limits", null);
    pair.awaitVersion(3);
    for (int node = 0; node < 2; node++) {
      HttpResponse<String> passed = pair.client(node).chat(USER, "limited", "hi");
      assertThat(passed.statusCode()).as(passed.body()).isEqualTo(200);
      used += ApiClient.tokensOf(passed);
    }
    long all = used;
    Eventually.that(() -> assertThat(pair.redis().number(COUNTER)).isEqualTo(all));
  }

  @Test
  void of_two_edits_from_one_version_one_is_made_and_the_other_is_told() throws Exception {
    start(1);

    CompletableFuture<HttpResponse<String>> one = editLater(0, limits(10), "\"0\"");
    CompletableFuture<HttpResponse<String>> other = editLater(1, limits(20), "\"0\"");

    List<Integer> statuses = List.of(one.join().statusCode(), other.join().statusCode());
    assertThat(statuses).contains(200);
    assertThat(statuses).containsAnyOf(409, 412);
    pair.awaitVersion(1);
    assertThat(pair.rules(0).path("fingerprint")).isEqualTo(pair.rules(1).path("fingerprint"));
  }

  @Test
  void a_node_that_starts_later_has_the_edits_and_a_store_that_lost_them_gets_them_back()
      throws Exception {
    edit(0, limits(777), null);
    start(1);
    assertThat(pair.rules(1).path("version").asLong()).isEqualTo(1);
    assertThat(pair.rules(1).path("routes").get(1).path("source").asText()).isEqualTo("edited");

    pair.redis().ask("DEL " + EditStore.KEY);

    Eventually.that(() -> assertThat(pair.redis().ask("EXISTS " + EditStore.KEY)).isEqualTo(":1"));
    assertThat(pair.rules(0).toString()).contains("777");
  }

  @Test
  void edits_survive_a_restart_of_all_nodes_and_give_way_to_the_file_when_they_are_deleted()
      throws Exception {
    start(1);
    edit(0, limits(777), null);
    pair.awaitVersion(1);
    String fingerprint = pair.rules(1).path("fingerprint").asText();
    pair.stopNodes();

    start(0);
    start(1);

    for (int node = 0; node < 2; node++) {
      assertThat(pair.rules(node).path("version").asLong()).isEqualTo(1);
      assertThat(pair.rules(node).path("fingerprint").asText()).isEqualTo(fingerprint);
      assertThat(pair.rules(node).path("routes").get(1).toString()).contains("777", "edited");
    }
    pair.send(1, "DELETE", "/api/v1/routes/limited/limits", null);
    pair.awaitVersion(2);
    for (int node = 0; node < 2; node++) {
      assertThat(pair.rules(node).path("routes").get(1).toString()).contains("1000000", "\"file\"");
    }
  }

  @Test
  void an_edit_that_is_wrong_is_refused_with_all_its_faults_and_changes_nothing() throws Exception {
    HttpResponse<String> wrong =
        edit(
            0,
            """
            [{"rule_name":"shared","colour":"blue","rule_items":[{"limit_by_per_consumer":"",\
            "limit_keys":[{"key":"*","token_per_hour":0}]}]}]""",
            null);

    JsonNode faults = JSON.readTree(wrong.body()).path("error").path("faults");
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(faults).hasSize(2);
    assertThat(faults.toString()).contains("colour").contains("token_per_hour");
    assertThat(pair.rules(0).path("version").asLong()).isZero();
  }

  @Test
  void a_dry_run_says_what_would_be_and_changes_nothing() throws Exception {
    HttpResponse<String> tried =
        pair.send(0, "PUT", "/api/v1/routes/limited/limits?dry_run=true", limits(777));

    assertThat(tried.statusCode()).isEqualTo(200);
    assertThat(tried.body()).contains("777").contains("\"dry_run\":true");
    assertThat(pair.rules(0).toString()).doesNotContain("777");
    assertThat(pair.rules(0).path("version").asLong()).isZero();
  }

  private HttpResponse<String> edit(int node, String blocks, String ifMatch) throws Exception {
    return editLater(node, blocks, ifMatch).get();
  }

  private CompletableFuture<HttpResponse<String>> editLater(
      int node, String blocks, String ifMatch) {
    HttpRequest.Builder request =
        pair.request(node, "PUT", "/api/v1/routes/limited/limits", blocks);
    if (ifMatch != null) {
      request.header("If-Match", ifMatch);
    }
    return pair.http().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String limits(long tokens) {
    return """
    {"rule_name":"shared","rule_items":[{"limit_by_per_consumer":"",\
    "limit_keys":[{"key":"*","token_per_hour":%d}]}]}"""
        .formatted(tokens);
  }

  private void start(int node) throws Exception {
    pair.start(
        Starts.clustered(
            pair.yaml(node)
                + TwoRoutes.yaml(
                    "first_token: 0ms, interval: 50ms",
                    "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 1000000 }"
                        + " ]")));
  }
}
