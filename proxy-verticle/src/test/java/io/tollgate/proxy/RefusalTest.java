package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private static final Admission.Throttled THROTTLED =
      FakeServices.spent(
          "rule/limit_by_per_consumer:x-mse-consumer/60s", 100, 90, 8, 12_345, 429, null);

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(
                        Given.forModels(
                            Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit()),
                            "m",
                            "gpt-*")),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void refuses_a_request_without_a_key() throws Exception {
    HttpResponse<String> answer = gateway.send(unauthenticated());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(error(answer).getString("code")).isEqualTo("invalid_api_key");
    assertThat(error(answer).containsKey("param")).isTrue();
    assertThat(answer.headers().firstValue("www-authenticate")).contains("Key realm=Tollgate");
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void refuses_an_unknown_key_and_does_not_repeat_it() throws Exception {
    HttpResponse<String> answer =
        gateway.send(unauthenticated().header("authorization", "Bearer sk-secret"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(error(answer).getString("code")).isEqualTo("invalid_api_key");
    assertThat(answer.body()).doesNotContain("sk-secret");
  }

  @Test
  void refuses_a_consumer_that_is_not_allowed() throws Exception {
    HttpResponse<String> answer = gateway.send(unauthenticated().header("x-api-key", "bob-key"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(error(answer).getString("code")).isEqualTo("consumer_not_allowed");
  }

  @Test
  void refuses_a_path_that_no_route_takes() throws Exception {
    HttpResponse<String> answer = gateway.send(gateway.post("/v10/chat/completions", "{}"));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).getString("code")).isEqualTo("route_not_found");
  }

  @Test
  void refuses_a_model_that_no_route_takes() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("unheard-of")));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).getString("code")).isEqualTo("model_not_found");
    assertThat(error(answer).getString("message")).contains("`unheard-of`");
  }

  @Test
  void takes_the_model_from_the_header_when_the_body_names_none() throws Exception {
    String body = "{\"messages\":[]}";

    assertThat(gateway.send(gateway.post("/v1/chat/completions", body)).statusCode())
        .isEqualTo(404);
    HttpResponse<String> answer =
        gateway.send(
            gateway.post("/v1/chat/completions", body).header("x-higress-llm-model", "gpt-9"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(gateway.provider.only().body()).hasToString(body);
    assertThat(gateway.services.admitted.remove().model()).isEqualTo("gpt-9");
  }

  @Test
  void refuses_when_a_limit_is_spent_and_says_when_to_come_back() throws Exception {
    gateway.services.admission = request -> Future.succeededFuture(THROTTLED);

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().map())
        .containsEntry("retry-after", List.of("13"))
        .containsEntry("retry-after-ms", List.of("12345"))
        .containsEntry("x-tokenratelimit-reset", List.of("13"))
        .containsEntry("x-ratelimit-limit-tokens", List.of("100"))
        .containsEntry("x-ratelimit-remaining-tokens", List.of("2"))
        .containsEntry("x-ratelimit-reset-tokens", List.of("13s"));
    JsonObject error = error(answer);
    assertThat(error.getString("message")).startsWith("Too many requests");
    assertThat(error.getString("code")).isEqualTo("rate_limit_exceeded");
    assertThat(error.getString("rule")).isEqualTo(THROTTLED.rule());
    assertThat(error.getLong("limit")).isEqualTo(100);
    assertThat(error.getLong("used")).isEqualTo(90);
    assertThat(error.getLong("held")).isEqualTo(8);
    assertThat(error.getLong("reset_ms")).isEqualTo(12_345);
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void releases_the_quotas_hold_when_the_limiter_refuses() throws Exception {
    gateway.services.admission = request -> Future.succeededFuture(THROTTLED);

    chat();

    var released = Gateway.first(gateway.services.quotaSettled);
    assertThat(released.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(released.usage()).isEqualTo(TokenUsage.NONE);
    assertThat(released.quotaHolds()).containsExactly(FakeServices.QUOTA_HOLD);
    assertThat(released.limitHolds()).isEmpty();
    assertThat(gateway.services.limiterSettled).isEmpty();
  }

  @Test
  void names_the_nodes_part_where_that_is_what_is_spent() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                new Admission.Throttled(
                    "rule", Admission.Cause.SPENT, "tokens", 100, 20, 10, 1000, 429, null, 25L));
    HttpResponse<String> limited = chat();
    gateway.services.reservation =
        request -> Future.succeededFuture(new Reservation.Exhausted("ann", 0, 0, 25L));
    HttpResponse<String> exhausted = chat();

    assertThat(error(limited).getString("message"))
        .startsWith(
            "Too many requests: rule rule allows 100 tokens of which this node's part is 25, 20 are"
                + " used and 10 held");
    assertThat(error(limited).getLong("limit")).isEqualTo(100);
    assertThat(limited.headers().firstValue("x-ratelimit-remaining-tokens")).contains("0");
    assertThat(exhausted.statusCode()).isEqualTo(403);
    assertThat(error(exhausted).getString("message"))
        .contains("No quota left of this node's part of 25 tokens");
  }

  @Test
  void tells_of_requests_where_the_rule_counts_requests() throws Exception {
    for (String unit : List.of("requests", "concurrent requests")) {
      gateway.services.admission =
          request ->
              Future.succeededFuture(
                  new Admission.Throttled(
                      "r/limit_by_per_ip/60s-requests",
                      Admission.Cause.SPENT,
                      unit,
                      10,
                      10,
                      0,
                      2500,
                      429,
                      null,
                      null));

      HttpResponse<String> answer = chat();

      assertThat(answer.headers().map())
          .containsEntry("retry-after", List.of("3"))
          .containsEntry("retry-after-ms", List.of("2500"))
          .containsEntry("x-ratelimit-limit-requests", List.of("10"))
          .containsEntry("x-ratelimit-remaining-requests", List.of("0"))
          .containsEntry("x-ratelimit-reset-requests", List.of("3s"))
          .containsEntry(
              "ratelimit-policy",
              List.of(
                  "\"r/limit_by_per_ip/60s-requests\";q=10;qu=\"" + unit.replace(' ', '-') + '"'))
          .containsEntry("ratelimit", List.of("\"r/limit_by_per_ip/60s-requests\";r=0;t=3"))
          .doesNotContainKey("x-ratelimit-limit-tokens");
      assertThat(error(answer).getString("message"))
          .startsWith("Too many requests: rule r/limit_by_per_ip/60s-requests allows 10 " + unit);
      assertThat(error(answer).getString("unit")).isEqualTo(unit);
      assertThat(error(answer).getString("cause")).isEqualTo("spent");
    }
  }

  @Test
  void tells_of_a_penalty_and_until_when_it_lasts() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                new Admission.Throttled(
                    "rule",
                    Admission.Cause.PENALTY,
                    "tokens",
                    100,
                    20,
                    5,
                    60_000,
                    429,
                    null,
                    null));
    Instant before = Instant.now();

    HttpResponse<String> answer = chat();

    JsonObject error = error(answer);
    Instant until = Instant.parse(error.getString("until"));
    assertThat(until)
        .isBetween(before.plusSeconds(60), Instant.now().plusSeconds(61).plusMillis(1));
    assertThat(error.getString("cause")).isEqualTo("penalty");
    assertThat(error.getString("message"))
        .isEqualTo(
            "Too many requests: rule rule has refused this caller too often and refuses it until "
                + until
                + " whatever is left. Try again in 60 s.");
    assertThat(answer.headers().firstValue("retry-after")).contains("60");
    assertThat(gateway.services.admitted).hasSize(1);
  }

  @Test
  void names_the_value_that_a_request_lacks_and_asks_for_no_retry() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                new Admission.Throttled(
                    "r/limit_by_per_header:x-tier/60s",
                    Admission.Cause.MISSING_KEY,
                    "header x-tier",
                    100,
                    0,
                    0,
                    0,
                    429,
                    null,
                    null));

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.headers().firstValue("retry-after")).isEmpty();
    assertThat(error(answer).getString("missing")).isEqualTo("header x-tier");
    assertThat(error(answer).getString("message"))
        .isEqualTo(
            "Too many requests: rule r/limit_by_per_header:x-tier/60s goes by a value that this"
                + " request does not have: header x-tier.");
  }

  @Test
  void sends_no_rule_name_in_a_header_that_has_no_room_for_its_letters() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(FakeServices.spent("règle", 100, 100, 0, 1000, 429, null));

    HttpResponse<String> answer = chat();

    assertThat(answer.headers().firstValue("ratelimit")).isEmpty();
    assertThat(error(answer).getString("rule")).isEqualTo("règle");
  }

  @Test
  void releases_the_limiters_hold_when_the_quota_refuses() throws Exception {
    gateway.services.reservation =
        request -> Future.succeededFuture(new Reservation.Exhausted("ann", 0, 30));

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.headers().firstValue("retry-after")).isEmpty();
    assertThat(error(answer).getString("code")).isEqualTo("insufficient_quota");
    assertThat(error(answer).getString("message")).contains("No quota left");
    var released = Gateway.first(gateway.services.limiterSettled);
    assertThat(released.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(released.limitHolds()).containsExactly(FakeServices.LIMIT_HOLD);
    assertThat(gateway.services.quotaSettled).isEmpty();
  }

  @Test
  void names_a_spent_budget_with_its_overdraft_and_the_second_of_its_next_period()
      throws Exception {
    gateway.services.reservation =
        request ->
            Future.succeededFuture(
                new Reservation.Exhausted("ann", -20, 0, 20, null, "monthly", 3_600_000L));

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(403);
    JsonObject error = error(answer);
    assertThat(error.getString("budget")).isEqualTo("monthly");
    assertThat(error.getLong("quota")).isEqualTo(-20);
    assertThat(error.getLong("overdraft")).isEqualTo(20);
    assertThat(error.getString("resets_at")).matches("....-..-..T..:..:..Z");
    assertThat(error.getString("message")).contains(error.getString("resets_at"));
  }

  @Test
  void looks_again_when_requests_in_progress_hold_what_is_left_of_an_overdraft() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    gateway.services.reservation =
        request ->
            Future.succeededFuture(
                asked.incrementAndGet() == 1
                    ? new Reservation.Exhausted("ann", -3, 7, 10, null, "monthly", null)
                    : new Reservation.Reserved(List.of(FakeServices.QUOTA_HOLD)));

    assertThat(chat().statusCode()).isEqualTo(200);
    assertThat(asked).hasValue(2);
  }

  @Test
  void does_not_look_again_when_the_overdraft_is_used_up() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    gateway.services.reservation =
        request -> {
          asked.incrementAndGet();
          return Future.succeededFuture(
              new Reservation.Exhausted("ann", -10, 7, 10, null, "monthly", null));
        };

    assertThat(chat().statusCode()).isEqualTo(403);
    assertThat(asked).hasValue(1);
  }

  @Test
  void sends_a_rules_own_code_and_text_as_they_are() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                FakeServices.spent("rule", 1, 1, 0, 1000, 430, "slow down, \"please\""));

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(430);
    assertThat(answer.body()).isEqualTo("slow down, \"please\"");
    assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
    assertThat(answer.headers().firstValue("retry-after")).contains("1");
  }

  @Test
  void knows_when_a_rules_own_text_is_json() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(FakeServices.spent("rule", 1, 1, 0, 1000, 429, "{\"code\":-1}"));

    HttpResponse<String> answer = chat();

    assertThat(answer.body()).isEqualTo("{\"code\":-1}");
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
  }

  @Test
  void refuses_with_503_when_the_store_is_down_and_the_rule_fails_closed() throws Exception {
    gateway.services.admission =
        request -> Future.succeededFuture(new Admission.Unavailable("rule", 2500));

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(error(answer).getString("code")).isEqualTo("limiter_unavailable");
    assertThat(answer.headers().firstValue("retry-after")).contains("3");

    gateway.services.admission = request -> Future.succeededFuture(Admission.Admitted.FREELY);
    gateway.services.reservation =
        request -> Future.succeededFuture(new Reservation.Unavailable("ann", 1000));
    answer = chat();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(error(answer).getString("code")).isEqualTo("quota_unavailable");
    assertThat(answer.headers().firstValue("retry-after")).contains("1");
  }

  @Test
  void speaks_the_language_of_messages_to_those_who_speak_it() throws Exception {
    gateway.services.reservation =
        request -> Future.succeededFuture(new Reservation.Exhausted("ann", 0, 0));

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/messages", "{\"model\":\"m\",\"max_tokens\":5}"));

    JsonObject body = new JsonObject(answer.body());
    assertThat(body.getString("type")).isEqualTo("error");
    assertThat(body.getJsonObject("error").getMap())
        .containsAllEntriesOf(Map.of("type", "billing_error", "code", "insufficient_quota"));
  }

  @Test
  void refuses_a_body_that_is_no_json() throws Exception {
    for (String body : List.of("", "{\"model\":", "[1,2]", "hello", "{\"model\":7}")) {
      HttpResponse<String> answer = gateway.send(gateway.post("/v1/chat/completions", body));

      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(error(answer).getString("code")).isEqualTo("invalid_request_error");
      assertThat(error(answer).getString("message")).isNotBlank();
    }
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void refuses_paths_that_mean_another_one() throws Exception {
    for (String path :
        List.of("/v1/../admin", "/v1/%2e%2e/admin", "/v1/a/%2E%2E%2fb", "/v1/a%5c..%5cb")) {
      HttpResponse<String> answer = gateway.send(gateway.post(path, "{}"));

      assertThat(answer.statusCode()).as(path).isEqualTo(400);
    }
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void meters_a_path_however_it_is_spelled() throws Exception {
    for (String path :
        List.of(
            "/v1/chat/%63ompletions",
            "/v1//chat/completions", "/v1/chat%2Fcompletions", "/v1/Chat/Completions/")) {
      HttpResponse<String> answer = gateway.send(gateway.post(path, Gateway.streamedChat("m")));

      assertThat(answer.statusCode()).as(path).isEqualTo(200);
    }
    assertThat(gateway.provider.received)
        .allSatisfy(
            sent -> {
              assertThat(sent.uri()).isEqualTo("/base/v1/chat/completions");
              assertThat(sent.body().toString()).contains("include_usage");
            });
  }

  private HttpResponse<String> chat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));
  }

  private HttpRequest.Builder unauthenticated() {
    return gateway
        .request("/v1/chat/completions")
        .POST(HttpRequest.BodyPublishers.ofString(Gateway.chat("m")));
  }

  private static JsonObject error(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    return new JsonObject(answer.body()).getJsonObject("error");
  }
}
