package io.tollgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditTrail;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BudgetApiTest {
  private static final String BALANCES = "/api/v1/budgets/monthly/balances";
  private static final String ACCOUNT = "node|tollgate:quota:monthly:";

  private RunningAdmin admin;

  @BeforeEach
  void start() throws Exception {
    admin = new RunningAdmin("demo-token", List.of(), () -> "");
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
  }

  @Test
  void budgets_are_shown_as_they_are_defined() throws Exception {
    JsonObject first =
        admin.get("/api/v1/budgets").bodyAsJsonObject().getJsonArray("budgets").getJsonObject(0);

    assertThat(first.getString("name")).isEqualTo("monthly");
    assertThat(first.getString("per")).isEqualTo("month");
    assertThat(first.getString("time_zone")).isEqualTo("Europe/Berlin");
    assertThat(first.getLong("tokens")).isEqualTo(1000);
  }

  @Test
  void balances_are_those_of_the_values_that_are_known_or_the_one_asked_for() throws Exception {
    admin.quota.balances.put(ACCOUNT + "ann", 70L);

    JsonObject all = admin.get(BALANCES).bodyAsJsonObject();
    JsonObject one = admin.get(BALANCES + "?value=somebody").bodyAsJsonObject();
    JsonObject alone = admin.get(BALANCES + "/ann").bodyAsJsonObject();

    assertThat(all.getInteger("total")).isEqualTo(2);
    assertThat(alone).isEqualTo(all.getJsonArray("balances").getJsonObject(0));
    assertThat(all.getJsonArray("balances").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("budget", "monthly")
                .put("value", "ann")
                .put("quota", 70)
                .put("held", 0)
                .put("available", 75));
    assertThat(one.getJsonArray("balances").getJsonObject(0).getString("value"))
        .isEqualTo("somebody");
  }

  @Test
  void a_grant_says_until_when_who_why_and_under_which_key() throws Exception {
    HttpResponse<Buffer> response =
        admin.postOnce(
            BALANCES + "/ann/grants",
            "order-1",
            "{\"tokens\":50,\"expires_at\":\"2026-12-01T01:00:00+01:00\",\"reason\":\"trial\"}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(admin.quota.changes)
        .containsExactly(
            new AccountChange(
                ACCOUNT,
                "ann",
                AccountChange.Kind.GRANT,
                50,
                Instant.parse("2026-12-01T00:00:00Z").toEpochMilli(),
                new AccountChange.Note("admin token", "trial", "order-1")));
  }

  @Test
  void the_next_period_is_told_in_whole_seconds() throws Exception {
    admin.quota.fate =
        any ->
            Future.succeededFuture(
                new Accounts.Balances(
                    List.of(new Accounts.Balance("ann", 70, 0, 1000L, 86_399_987L))));

    JsonObject balance = admin.post(BALANCES + "/ann/grants", "{\"tokens\":5}").bodyAsJsonObject();

    assertThat(balance.getString("resets_at")).matches("....-..-..T..:..:..Z");
    assertThat(Instant.parse(balance.getString("resets_at")))
        .isBetween(Instant.now().plusSeconds(86_300), Instant.now().plusSeconds(86_401));
  }

  @Test
  void a_grant_of_nothing_or_of_no_time_is_refused() throws Exception {
    for (String body :
        List.of(
            "{\"tokens\":0}",
            "{\"tokens\":5,\"expires_at\":\"tomorrow\"}",
            "{\"tokens\":5,\"expires_at\":7}",
            "{\"tokens\":5,\"reason\":\"\"}",
            "{\"quota\":5}")) {
      assertThat(admin.post(BALANCES + "/ann/grants", body).statusCode()).as(body).isEqualTo(422);
    }
    assertThat(admin.quota.changes).isEmpty();
  }

  @Test
  void a_change_that_can_not_be_made_is_a_conflict() throws Exception {
    admin.quota.fate = any -> Future.succeededFuture(new Accounts.Refused("too late"));

    HttpResponse<Buffer> response = admin.post(BALANCES + "/ann/grants", "{\"tokens\":5}");

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.bodyAsJsonObject().getJsonObject("error").getString("code"))
        .isEqualTo("change_refused");
  }

  @Test
  void a_value_has_a_part_for_each_dimension_and_commas_inside_are_escaped() throws Exception {
    String pairs = "/api/v1/budgets/pairs/balances/";
    assertThat(admin.put(pairs + "ann,a%252Cb", "{\"tokens\":5}").statusCode()).isEqualTo(200);
    assertThat(admin.put(pairs + "ann", "{\"tokens\":5}").statusCode()).isEqualTo(422);
    assertThat(admin.put(pairs + "ann,", "{\"tokens\":5}").statusCode()).isEqualTo(422);

    assertThat(admin.quota.balances).containsOnlyKeys("node|tollgate:quota:pairs:ann,a%2Cb");
  }

  @Test
  void an_unknown_budget_is_not_found() throws Exception {
    assertThat(admin.get("/api/v1/budgets/none/balances").statusCode()).isEqualTo(404);
    assertThat(admin.get("/api/v1/budgets/none/balances/x").statusCode()).isEqualTo(404);
    assertThat(admin.get("/api/v1/budgets/none/balances/x/audit").statusCode()).isEqualTo(404);
  }

  @Test
  void the_audit_trail_says_who_changed_what_when_and_why() throws Exception {
    admin.quota.trail =
        new AuditTrail.Entries(
            List.of(
                new AuditTrail.Entry(
                    "1-0",
                    1_764_547_200_000L,
                    "admin token",
                    "grant",
                    1_764_633_600_000L,
                    5,
                    null,
                    5,
                    "why not")));

    JsonObject entry =
        admin
            .get(BALANCES + "/ann/audit?limit=5")
            .bodyAsJsonObject()
            .getJsonArray("entries")
            .getJsonObject(0);

    assertThat(entry)
        .isEqualTo(
            new JsonObject()
                .put("id", "1-0")
                .put("at", "2025-12-01T00:00:00Z")
                .put("who", "admin token")
                .put("what", "grant")
                .put("expires_at", "2025-12-02T00:00:00Z")
                .put("tokens", 5)
                .put("after", 5)
                .put("reason", "why not"));
  }
}
