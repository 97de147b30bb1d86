package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.share.RequestEnded;
import io.tollgate.contract.usage.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutageTest {
  @Test
  void refuses_when_nobody_can_tell_who_is_calling() throws Exception {
    try (Gateway gateway = without(Role.AUTH, null)) {
      HttpResponse<String> answer = chat(gateway);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(code(answer)).isEqualTo("auth_unavailable");
      assertThat(answer.headers().firstValue("retry-after")).contains("1");
    }
  }

  @Test
  void lets_requests_pass_without_a_limiter_when_the_limit_fails_open() throws Exception {
    try (Gateway gateway = without(Role.LIMITER, Given.QUOTA, limit(FailPolicy.OPEN))) {
      HttpResponse<String> answer = chat(gateway);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-ratelimit-limit-tokens")).isEmpty();
      assertThat(Gateway.first(gateway.services.quotaSettled).limitHolds()).isEmpty();
      assertThat(
              gateway.meters.get("tollgate.limit.failopen").tag("rule", "rule").counter().count())
          .isEqualTo(1);
      Gateway.eventually(
          "its tokens are counted",
          () -> unchecked(gateway, "tokens", "limit", "rule", "open") > 0);
    }
  }

  @Test
  void refuses_without_a_limiter_when_one_of_the_limits_fails_closed() throws Exception {
    LimitBlock[] limits = {limit(FailPolicy.OPEN), limit(FailPolicy.CLOSED)};
    try (Gateway gateway = without(Role.LIMITER, Given.QUOTA, limits)) {
      HttpResponse<String> answer = chat(gateway);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(code(answer)).isEqualTo("limiter_unavailable");
      assertThat(Gateway.first(gateway.services.quotaSettled).outcome()).isEqualTo(Outcome.REFUSED);
    }
  }

  @Test
  void treats_a_limiter_that_is_silent_or_fails_like_one_that_is_absent() throws Exception {
    try (Gateway gateway =
        Gateway.start(provider -> config(provider, null, limit(FailPolicy.CLOSED)))) {
      gateway.services.admission = request -> Future.failedFuture("broken");
      assertThat(code(chat(gateway))).isEqualTo("limiter_unavailable");

      gateway.services.admission = request -> Promise.<Admission>promise().future();
      assertThat(code(chat(gateway))).isEqualTo("limiter_unavailable");
    }
  }

  @Test
  void follows_the_quotas_policy_without_a_quota_service() throws Exception {
    try (Gateway gateway = without(Role.QUOTA, Given.QUOTA)) {
      HttpResponse<String> answer = chat(gateway);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(code(answer)).isEqualTo("quota_unavailable");
    }
    try (Gateway gateway = without(Role.QUOTA, quota(FailPolicy.SHARE))) {
      assertThat(code(chat(gateway))).isEqualTo("quota_unavailable");
    }
  }

  @Test
  void an_open_quota_that_nobody_serves_is_billed_when_somebody_does() throws Exception {
    try (Gateway gateway = Gateway.start(provider -> config(provider, quota(FailPolicy.OPEN)))) {
      gateway.services.reservation = request -> Future.failedFuture("gone");
      assertThat(chat(gateway).statusCode()).isEqualTo(200);

      assertThat(Gateway.first(gateway.services.quotaSettled).quotaHolds())
          .containsExactly(new QuotaHold("node", "chat_quota:ann", 0));
      Gateway.eventually(
          "its tokens are counted",
          () -> unchecked(gateway, "tokens", "quota", "chat_quota:", "open") > 0);
    }
  }

  @Test
  void refuses_without_a_limiter_when_a_limit_is_to_be_shared() throws Exception {
    LimitBlock[] limits = {limit(FailPolicy.OPEN), limit(FailPolicy.SHARE)};
    try (Gateway gateway = without(Role.LIMITER, Given.QUOTA, limits)) {
      assertThat(code(chat(gateway))).isEqualTo("limiter_unavailable");
    }
  }

  @Test
  void the_end_of_a_request_that_went_by_parts_is_told_to_all_nodes() throws Exception {
    try (Gateway gateway =
        Gateway.start(
            provider -> config(provider, quota(FailPolicy.SHARE), limit(FailPolicy.SHARE)))) {
      List<RequestEnded> heard = new CopyOnWriteArrayList<>();
      RequestEnded.TOPIC.subscribe(gateway.vertx, heard::add);
      gateway.services.reservation =
          request ->
              Future.succeededFuture(
                  new Reservation.Reserved(List.of(new QuotaHold("node", "chat_quota:ann", 0))));
      gateway.services.admission =
          request ->
              Future.succeededFuture(
                  FakeServices.admitted(
                      new HeldLimit(
                          new LimitHold(
                              "node",
                              FakeServices.LIMIT_HOLD.key(),
                              LimitTerms.fixed(100, 60),
                              "",
                              0),
                          null)));

      assertThat(chat(gateway).statusCode()).isEqualTo(200);

      RequestEnded end = Gateway.first(heard);
      var settled = Gateway.first(gateway.services.limiterSettled);
      assertThat(end).isEqualTo(new RequestEnded(settled.requestId(), settled.usage()));
      long used = end.usage().billableTokens();
      Gateway.eventually(
          "requests and tokens are counted",
          () ->
              unchecked(gateway, "tokens", "limit", "rule", "share") == used
                  && unchecked(gateway, "tokens", "quota", "chat_quota:", "share") == used
                  && unchecked(gateway, "requests", "limit", "rule", "share") == 1);
    }
  }

  private static double unchecked(
      Gateway gateway, String what, String kind, String name, String policy) {
    return gateway
        .meters
        .get("tollgate.unchecked." + what)
        .tag("kind", kind)
        .tag("name", name)
        .tag("policy", policy)
        .counter()
        .count();
  }

  private static QuotaBlock quota(FailPolicy fail) {
    return new QuotaBlock(
        "chat_quota:", "admin", "/quota", List.of("/chat/completions"), "node", fail);
  }

  @Test
  void does_not_need_whom_the_route_does_not_ask() throws Exception {
    try (Gateway gateway =
        Gateway.start(
            EnumSet.noneOf(Role.class),
            Map.of(),
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.withAuth(route("open", upstream("p")), null)),
                    null))) {
      assertThat(chat(gateway).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void an_administrator_is_told_when_no_quota_service_answers() throws Exception {
    try (Gateway gateway = without(Role.QUOTA, Given.QUOTA)) {
      HttpResponse<String> answer =
          gateway.send(
              gateway
                  .request("/v1/chat/completions/quota?consumer=ann")
                  .header("x-api-key", "admin-key"));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).startsWith("redis error:");
    }
  }

  private static Gateway without(Role role, @Nullable QuotaBlock quota, LimitBlock... limits)
      throws Exception {
    EnumSet<Role> roles = EnumSet.of(Role.AUTH, Role.LIMITER, Role.QUOTA);
    roles.remove(role);
    return Gateway.start(roles, Map.of(), provider -> config(provider, quota, limits));
  }

  private static TollgateConfig config(
      RecordingProvider provider, @Nullable QuotaBlock quota, LimitBlock... limits) {
    return Given.config(
        List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
        List.of(Given.with(route("chat", upstream("p")), quota, limits)),
        null);
  }

  private static LimitBlock limit(FailPolicy fail) {
    return Given.limit(fail, LimitType.LIMIT_BY_PER_CONSUMER, "x-mse-consumer");
  }

  private static HttpResponse<String> chat(Gateway gateway) throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));
  }

  private static String code(HttpResponse<String> answer) {
    return new JsonObject(answer.body()).getJsonObject("error").getString("code");
  }
}
