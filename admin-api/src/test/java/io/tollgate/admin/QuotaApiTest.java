package io.tollgate.admin;

import static io.tollgate.admin.RunningAdmin.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.admin.AdminSettings.QuotaRoute;
import io.tollgate.contract.quota.Accounts;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class QuotaApiTest {
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
  void a_quota_is_replaced_changed_and_shown() throws Exception {
    HttpResponse<Buffer> replaced = admin.put("/api/v1/quotas/user1", "{\"quota\":100}");
    HttpResponse<Buffer> changed = admin.post("/api/v1/quotas/user1/delta", "{\"value\":-120}");
    HttpResponse<Buffer> shown = admin.get("/api/v1/quotas/user1");

    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(replaced.bodyAsString())
        .isEqualTo("{\"consumer\":\"user1\",\"quota\":100,\"held\":0,\"available\":100}");
    assertThat(changed.bodyAsJsonObject()).isEqualTo(quota("user1", -20, 0, -20));
    assertThat(shown.bodyAsJsonObject()).isEqualTo(quota("user1", -20, 0, -20));
    assertThat(shown.getHeader("Content-Type")).startsWith("application/json");
    assertThat(admin.quota.balances).containsExactly(Map.entry("node|q:user1", -20L));
  }

  @Test
  void what_is_held_is_not_available() throws Exception {
    admin.put("/api/v1/quotas/held-back", "{\"quota\":100}");

    assertThat(admin.get("/api/v1/quotas/held-back").bodyAsJsonObject())
        .isEqualTo(quota("held-back", 100, 30, 70));
  }

  @Test
  void the_largest_and_the_smallest_quota_are_exact() throws Exception {
    String largest = "{\"quota\":9223372036854775807}";
    String smallest = "{\"quota\":-9223372036854775808}";

    assertThat(admin.put("/api/v1/quotas/user1", largest).bodyAsString())
        .contains("\"available\":9223372036854775807");
    assertThat(admin.put("/api/v1/quotas/held-back", smallest).bodyAsString())
        .contains("\"quota\":-9223372036854775808", "\"available\":-9223372036854775808");
  }

  @Test
  void a_name_with_odd_characters_is_written_percent_encoded() throws Exception {
    assertThat(admin.get("/api/v1/quotas/a%20b%2Fc").bodyAsJsonObject())
        .isEqualTo(quota("a b/c", 0, 0, 0));
  }

  @Test
  void the_list_has_every_configured_consumer_in_order() throws Exception {
    admin.put("/api/v1/quotas/user2", "{\"quota\":7}");

    JsonObject all = admin.get("/api/v1/quotas").bodyAsJsonObject();

    assertThat(names(all)).isEqualTo(RunningAdmin.CONSUMERS);
    assertThat(all.getJsonArray("quotas").getJsonObject(1)).isEqualTo(quota("user2", 7, 0, 7));
    assertThat(all.getInteger("total")).isEqualTo(4);
  }

  @Test
  void the_list_comes_in_pages() throws Exception {
    JsonObject page = admin.get("/api/v1/quotas?limit=2&offset=1").bodyAsJsonObject();
    JsonObject beyond = admin.get("/api/v1/quotas?offset=4").bodyAsJsonObject();

    assertThat(names(page)).containsExactly("user2", "held-back");
    assertThat(page.getInteger("total")).isEqualTo(4);
    assertThat(names(beyond)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit, 0, an integer from 1 to 1000",
    "limit=1001, limit, 1001, an integer from 1 to 1000",
    "limit=ten, limit, ten, an integer from 1 to 1000",
    "offset=-1, offset, -1, an integer from 0 to 2147483647",
    "offset=99999999999, offset, 99999999999, an integer from 0 to 2147483647",
    "page=2, page, an unknown parameter, 'limit, offset, route'",
    "limit=1&limit=2, limit, 2 values, one value",
    "route=third, route, third, 'a route with ai-quota: first, second'"
  })
  void a_parameter_that_is_not_allowed_is_named(
      String query, String field, String found, String allowed) throws Exception {
    HttpResponse<Buffer> response = admin.get("/api/v1/quotas?" + query);

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(error(response)).isEqualTo(invalid(field, found, allowed));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                            | quota | nothing",
        "{\"quota\":null}              | quota | null",
        "{\"quota\":\"100\"}           | quota | \"100\"",
        "{\"quota\":1.5}               | quota | 1.5",
        "{\"quota\":1e3}               | quota | 1000.0",
        "{\"quota\":true}              | quota | true",
        "{\"quota\":[1]}               | quota | [1]",
        "{\"quota\":9223372036854775808} | quota | 9223372036854775808",
      })
  void a_value_that_is_no_64_bit_integer_is_named(String body, String field, String found)
      throws Exception {
    HttpResponse<Buffer> response = admin.put("/api/v1/quotas/user1", body);

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(error(response))
        .isEqualTo(
            invalid(field, found, "an integer from -9223372036854775808 to 9223372036854775807"));
    assertThat(admin.quota.balances).isEmpty();
  }

  @Test
  void an_unknown_field_and_a_body_that_is_no_object_are_named() throws Exception {
    HttpResponse<Buffer> unknown =
        admin.post("/api/v1/quotas/user1/delta", "{\"value\":1,\"quota\":2}");
    HttpResponse<Buffer> number = admin.post("/api/v1/quotas/user1/delta", "5");

    assertThat(List.of(unknown.statusCode(), number.statusCode())).containsOnly(422);
    assertThat(error(unknown))
        .isEqualTo(invalid("quota", "an unknown field", "only {\"value\": N, \"reason\": \"…\"}"));
    assertThat(error(number))
        .isEqualTo(invalid("body", "5", "an object, {\"value\": N, \"reason\": \"…\"}"));
    assertThat(admin.quota.balances).isEmpty();
  }

  @Test
  void a_long_value_is_quoted_in_part() throws Exception {
    HttpResponse<Buffer> response =
        admin.put("/api/v1/quotas/user1", "{\"quota\":\"" + "x".repeat(5000) + "\"}");

    assertThat(error(response).getString("found")).hasSize(101).endsWith("…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"quota\":}",
        "{\"quota\":1}}",
        "{\"quota\":1} 2",
        "{\"quota\":1,\"quota\":2}",
        "quota=100",
        "{\"quota\":NaN}"
      })
  void a_body_that_is_not_json_is_malformed(String body) throws Exception {
    HttpResponse<Buffer> response = admin.put("/api/v1/quotas/user1", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response).getString("code")).isEqualTo("invalid_json");
    assertThat(admin.quota.balances).isEmpty();
  }

  @Test
  void a_body_that_is_no_text_or_nested_without_end_is_malformed() throws Exception {
    Buffer bytes = Buffer.buffer(new byte[] {(byte) 0xff, (byte) 0xc0, '{'});
    HttpResponse<Buffer> noText =
        admin.call(HttpMethod.PUT, "/api/v1/quotas/user1", "Bearer demo-token", bytes);
    HttpResponse<Buffer> nested = admin.put("/api/v1/quotas/user1", "[".repeat(30_000));

    assertThat(List.of(noText.statusCode(), nested.statusCode())).containsOnly(400);
  }

  @Test
  void a_body_of_64_kibibytes_is_read_and_a_larger_one_is_not() throws Exception {
    String number = "{\"quota\":100}";
    String full = number + " ".repeat(64 * 1024 - number.length());

    HttpResponse<Buffer> read = admin.put("/api/v1/quotas/user1", full);
    HttpResponse<Buffer> tooLarge = admin.put("/api/v1/quotas/user2", full + " ");

    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(error(tooLarge).getString("code")).isEqualTo("request_too_large");
    assertThat(admin.quota.balances).containsOnlyKeys("node|q:user1");
  }

  @Test
  void a_consumer_that_is_not_configured_is_not_found() throws Exception {
    List<HttpResponse<Buffer>> responses =
        List.of(
            admin.get("/api/v1/quotas/nobody"),
            admin.put("/api/v1/quotas/nobody", "{\"quota\":100}"),
            admin.post("/api/v1/quotas/nobody/delta", "{\"value\":100}"));

    assertThat(responses)
        .allSatisfy(
            response -> {
              assertThat(response.statusCode()).isEqualTo(404);
              assertThat(error(response).getString("code")).isEqualTo("consumer_not_found");
              assertThat(error(response).getString("message")).contains("nobody");
            });
    assertThat(admin.quota.balances).isEmpty();
  }

  @Test
  void where_routes_pay_from_different_accounts_one_is_to_be_chosen() throws Exception {
    try (RunningAdmin two =
        new RunningAdmin(
            "demo-token",
            List.of(new QuotaRoute("first", "node|a:"), new QuotaRoute("second", "node|b:")),
            () -> "")) {
      HttpResponse<Buffer> undecided = two.put("/api/v1/quotas/user1", "{\"quota\":1}");
      HttpResponse<Buffer> second = two.put("/api/v1/quotas/user1?route=second", "{\"quota\":5}");

      assertThat(undecided.statusCode()).isEqualTo(409);
      assertThat(error(undecided).getString("code")).isEqualTo("route_required");
      assertThat(error(undecided).getJsonArray("routes"))
          .isEqualTo(JsonArray.of("first", "second"));
      assertThat(second.statusCode()).isEqualTo(200);
      assertThat(two.quota.balances).containsExactly(Map.entry("node|b:user1", 5L));
      assertThat(two.get("/api/v1/quotas").statusCode()).isEqualTo(409);
    }
  }

  @Test
  void without_any_quota_in_the_configuration_there_is_none_to_manage() throws Exception {
    try (RunningAdmin none = new RunningAdmin("demo-token", List.of(), () -> "")) {
      HttpResponse<Buffer> response = none.get("/api/v1/quotas/user1");

      assertThat(response.statusCode()).isEqualTo(409);
      assertThat(error(response).getString("code")).isEqualTo("no_quota_configured");
    }
  }

  @Test
  void a_store_or_a_service_that_is_down_is_told_as_such() throws Exception {
    admin.quota.fate =
        answer -> Future.succeededFuture(new Accounts.StoreFailed("store node: no answer"));
    HttpResponse<Buffer> store = admin.get("/api/v1/quotas/user1");
    admin.quota.fate = answer -> Future.failedFuture("no node serves it");
    HttpResponse<Buffer> service = admin.get("/api/v1/quotas");
    HttpResponse<Buffer> change = admin.post("/api/v1/quotas/user1/delta", "{\"value\":1}");
    admin.quota.fate = answer -> Future.succeededFuture(new Accounts.NoSuchAccount("node|q:"));
    HttpResponse<Buffer> account = admin.get("/api/v1/quotas/user1");

    assertThat(List.of(store, service, change, account))
        .allSatisfy(
            response -> {
              assertThat(response.statusCode()).isEqualTo(503);
              assertThat(response.getHeader("Retry-After")).isEqualTo("1");
              assertThat(error(response).getString("code")).isEqualTo("quota_unavailable");
            });
    assertThat(error(store).getString("message")).isEqualTo("store node: no answer");
    assertThat(error(service).getString("message")).doesNotContain("may have been made");
    assertThat(error(change).getString("message")).contains("may have been made");
    assertThat(error(account).getString("message")).contains("node|q:");
  }

  @Test
  void a_fault_of_ours_is_told_without_its_text() throws Exception {
    admin.quota.fate =
        answer -> {
          throw new IllegalStateException("secret");
        };

    HttpResponse<Buffer> response = admin.get("/api/v1/quotas/user1");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(error(response).getString("code")).isEqualTo("internal_error");
    assertThat(response.bodyAsString()).doesNotContain("secret");
  }

  private static JsonObject quota(String consumer, long quota, long held, long available) {
    return new JsonObject()
        .put("consumer", consumer)
        .put("quota", quota)
        .put("held", held)
        .put("available", available);
  }

  private static JsonObject invalid(String field, String found, String allowed) {
    return new JsonObject()
        .put("code", "invalid_value")
        .put("message", field + ": found " + found + "; allowed: " + allowed)
        .put("field", field)
        .put("found", found)
        .put("allowed", allowed);
  }

  private static List<String> names(JsonObject list) {
    return list.getJsonArray("quotas").stream()
        .map(each -> ((JsonObject) each).getString("consumer"))
        .toList();
  }
}
