package io.tollgate.admin;

import static io.tollgate.admin.RunningAdmin.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.config.ConfigFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RuleApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunningAdmin admin;

  @BeforeEach
  void start() throws Exception {
    admin = RunningAdmin.withOneAccount();
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
  }

  @Test
  void the_rules_in_force_are_shown_with_their_version_and_where_they_are_from() throws Exception {
    HttpResponse<Buffer> shown = admin.get("/api/v1/rules");

    JsonObject route = shown.bodyAsJsonObject().getJsonArray("routes").getJsonObject(0);
    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.getHeader("ETag")).isEqualTo("\"7\"");
    assertThat(route.getString("name")).isEqualTo("chat");
    assertThat(route.getString("source")).isEqualTo("edited");
    assertThat(route.getJsonArray("limits"))
        .isEqualTo(new JsonArray().add(new JsonObject().put("rule_name", "r")));
    assertThat(shown.bodyAsJsonObject().getJsonObject("budgets").getString("source"))
        .isEqualTo("file");
    assertThat(shown.bodyAsJsonObject().getJsonArray("refused").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("path", "node")
                .put("found", "something else than before")
                .put("allowed", "a restart"));
  }

  @Test
  void each_edit_is_what_its_path_and_body_say() throws Exception {
    admin.put("/api/v1/routes/chat/limits", "[{\"rule_name\":\"a\"}]");
    delete("/api/v1/routes/chat/limits");
    admin.put("/api/v1/budgets", "[]");
    delete("/api/v1/budgets");
    admin.put("/api/v1/budgets/monthly", "{\"tokens\":5}");
    delete("/api/v1/budgets/monthly");

    assertThat(admin.rules.asked)
        .extracting(KeptRules.Asked::edit)
        .containsExactly(
            new RuleEdit.Limits("chat", JSON.readTree("[{\"rule_name\":\"a\"}]")),
            new RuleEdit.FileLimits("chat"),
            new RuleEdit.Budgets(JSON.readTree("[]")),
            new RuleEdit.FileBudgets(),
            new RuleEdit.Budget("monthly", JSON.readTree("{\"tokens\":5}")),
            new RuleEdit.NoBudget("monthly"));
    assertThat(admin.rules.asked).allMatch(asked -> asked.seen() == null && !asked.dryRun());
  }

  @Test
  void an_edit_answers_the_rules_as_they_are_after_it() throws Exception {
    HttpResponse<Buffer> edited = admin.put("/api/v1/routes/chat/limits", "[]");

    assertThat(edited.statusCode()).isEqualTo(200);
    assertThat(edited.getHeader("ETag")).isEqualTo("\"8\"");
    assertThat(edited.bodyAsJsonObject().getLong("version")).isEqualTo(8);
  }

  @Test
  void a_dry_run_is_told_from_an_edit() throws Exception {
    HttpResponse<Buffer> tried = admin.put("/api/v1/routes/chat/limits?dry_run=true", "[]");

    assertThat(admin.rules.asked.getFirst().dryRun()).isTrue();
    assertThat(tried.bodyAsJsonObject().getBoolean("dry_run")).isTrue();
  }

  @Test
  void what_stands_in_an_edits_way_is_answered_with_its_status() throws Exception {
    ConfigFault fault = new ConfigFault("routes[0].ai-token-ratelimit", "5", "a block");

    assertThat(error(after(new EditOutcome.Invalid(List.of(fault, fault)), 422)).getString("code"))
        .isEqualTo("invalid_rules");
    assertThat(error(after(new EditOutcome.Invalid(List.of(fault)), 422)).getJsonArray("faults"))
        .isEqualTo(
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("path", "routes[0].ai-token-ratelimit")
                        .put("found", "5")
                        .put("allowed", "a block")));
    assertThat(error(after(new EditOutcome.NoSuch("route x"), 404)).getString("message"))
        .isEqualTo("there is no route x");
    assertThat(error(after(new EditOutcome.Stale(9), 412)).getLong("version")).isEqualTo(9);
    assertThat(error(after(new EditOutcome.Overtaken(), 409)).getString("code"))
        .isEqualTo("rules_changed");
    assertThat(error(after(new EditOutcome.StoreFailed("away"), 503)).getString("message"))
        .isEqualTo("away");
  }

  @ParameterizedTest
  @CsvSource({"?dry_run=yes, dry_run", "?try=true, try"})
  void parameters_that_mean_nothing_are_refused(String query, String field) throws Exception {
    HttpResponse<Buffer> refused = admin.put("/api/v1/budgets" + query, "[]");

    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(error(refused).getString("field")).isEqualTo(field);
    assertThat(admin.rules.asked).isEmpty();
  }

  @Test
  void a_body_that_is_no_json_is_refused() throws Exception {
    assertThat(admin.put("/api/v1/budgets", "[{]").statusCode()).isEqualTo(400);
    assertThat(admin.put("/api/v1/budgets", "[{\"a\":1,\"a\":2}]").statusCode()).isEqualTo(400);
    assertThat(admin.rules.asked).isEmpty();
  }

  @Test
  void if_match_carries_the_version_that_the_caller_has_seen() throws Exception {
    admin.call(HttpMethod.PUT, "/api/v1/budgets", Buffer.buffer("[]"), "If-Match", "\"12\"");
    admin.call(HttpMethod.PUT, "/api/v1/budgets", Buffer.buffer("[]"), "If-Match", "*");
    HttpResponse<Buffer> bad =
        admin.call(HttpMethod.PUT, "/api/v1/budgets", Buffer.buffer("[]"), "If-Match", "abc");

    assertThat(admin.rules.asked).extracting(KeptRules.Asked::seen).containsExactly(12L, null);
    assertThat(bad.statusCode()).isEqualTo(422);
    assertThat(error(bad).getString("field")).isEqualTo("If-Match");
  }

  private HttpResponse<Buffer> after(EditOutcome outcome, int status) throws Exception {
    admin.rules.next = outcome;
    HttpResponse<Buffer> answer = admin.put("/api/v1/routes/x/limits", "[]");
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer;
  }

  private HttpResponse<Buffer> delete(String uri) throws Exception {
    HttpResponse<Buffer> answer = admin.call(HttpMethod.DELETE, uri, "Bearer demo-token", null);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }
}
