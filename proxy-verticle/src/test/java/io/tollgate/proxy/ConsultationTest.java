package io.tollgate.proxy;

import static io.tollgate.proxy.Gateway.chat;
import static io.tollgate.proxy.Gateway.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.contract.config.KeyTemplate.Source;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.LimitServiceConfig.Match;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A route that asks a user's own limiting service, over real HTTP. */
class ConsultationTest {
  private static final String PATH = "/v1/chat/completions";

  private OwnLimitService service;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    service = OwnLimitService.start();
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    service.close();
  }

  @Test
  void the_documents_example_runs_against_a_users_own_service() throws Exception {
    serve(true, null, service.address());
    // Each answer has 11 completion tokens, which are all that this service counts.
    for (int i = 1; i <= 5; i++) {
      assertThat(ask("regular-user").statusCode()).isEqualTo(200);
      awaitUpdates(i);
    }

    HttpResponse<String> refused = ask("regular-user");

    assertThat(refused.statusCode()).isEqualTo(429);
    JsonObject error = new JsonObject(refused.body()).getJsonObject("error");
    assertThat(error.getString("message")).isEqualTo("regular-user is being rate-limited");
    assertThat(error.getString("code")).isEqualTo("rate_limit_exceeded");
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    assertThat(gateway.provider.received).hasSize(5);
    assertThat(ask("subscriber-1").statusCode()).isEqualTo(200);
    service.secondsPass(30);
    assertThat(ask("regular-user").statusCode()).isEqualTo(200);
    awaitUpdates(7);
    service.secondsPass(10_000);
    assertThat(service.balances).containsEntry("regular-user", 200L);
    assertThat(service.balances).containsEntry("subscriber-1", 1000L);
  }

  @Test
  void a_service_is_told_the_whole_usage_and_which_request_it_was() throws Exception {
    serve(true, null, service.address());
    ask("regular-user");
    awaitUpdates(1);

    JsonObject update = service.updates.getFirst();
    assertThat(update.getInteger("prompt_tokens")).isEqualTo(7);
    assertThat(update.getInteger("completion_tokens")).isEqualTo(11);
    assertThat(update.getInteger("total_tokens")).isEqualTo(18);
    assertThat(service.queries.getFirst())
        .startsWith("ratelimit_keys=%5B%22regular-user%22%5D&")
        .contains("request_id=" + update.getString("request_id") + "&")
        .containsPattern("&prompt_estimate=\\d+&completion_estimate=\\d+&lease_seconds=600$");
  }

  @Test
  void what_limiter_and_quota_hold_goes_back_when_the_service_refuses() throws Exception {
    serve(true, null, service.address());
    service.balances.put("regular-user", 0L);

    assertThat(ask("regular-user").statusCode()).isEqualTo(429);

    assertThat(Gateway.first(gateway.services.quotaSettled).usage()).isEqualTo(TokenUsage.NONE);
    assertThat(Gateway.first(gateway.services.limiterSettled).usage()).isEqualTo(TokenUsage.NONE);
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void a_service_that_is_broken_lets_pass_where_it_falls_open() throws Exception {
    serve(true, null, service.address());
    service.faults.addAll(List.of(400));

    assertThat(ask("regular-user").statusCode()).isEqualTo(200);
    awaitUpdates(1);
    assertThat(count("tollgate.service.checks", "failed")).isEqualTo(1);
  }

  @Test
  void a_service_that_is_broken_refuses_where_it_falls_closed() throws Exception {
    serve(false, null, service.address());
    service.faults.addAll(List.of(500));

    HttpResponse<String> answer = ask("regular-user");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"limiter_unavailable\"");
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void a_service_that_nobody_runs_or_that_is_silent_is_broken() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      serve(false, null, URI.create("http://127.0.0.1:" + silent.getLocalPort()));
      assertThat(ask("regular-user").statusCode()).isEqualTo(503);
    }
    assertThat(ask("regular-user").statusCode()).isEqualTo(503);
  }

  @Test
  void an_update_that_fails_is_tried_again_and_one_that_cannot_be_read_is_not() throws Exception {
    serve(true, null, service.address());
    service.balances.put("regular-user", 50L);
    assertThat(ask("subscriber-1").statusCode()).isEqualTo(200);
    awaitUpdates(1);
    gateway.provider.answer =
        request -> {
          service.faults.add(500);
          RecordingProvider.answerJson(request);
        };
    ask("regular-user");
    awaitUpdates(2);
    assertThat(service.balances).containsEntry("regular-user", 39L);
    assertThat(count("tollgate.service.updates", "retried")).isEqualTo(1);

    gateway.provider.answer =
        request -> {
          service.faults.add(400);
          RecordingProvider.answerJson(request);
        };
    ask("regular-user");
    eventually("it is dropped", () -> count("tollgate.service.updates", "dropped") == 1);
  }

  @Test
  void a_request_without_the_key_or_the_conditions_is_not_asked_about() throws Exception {
    serve(false, null, service.address());

    assertThat(gateway.send(gateway.post(PATH, chat("m"))).statusCode()).isEqualTo(200);
    assertThat(
            gateway
                .send(
                    gateway
                        .post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"a\"}")
                        .header("user-type", "regular-user"))
                .statusCode())
        .isEqualTo(200);
    assertThat(service.queries).isEmpty();
  }

  @Test
  void a_text_of_the_routes_own_is_sent_as_it_is() throws Exception {
    serve(true, "not now", service.address());
    service.balances.put("regular-user", 0L);

    assertThat(ask("regular-user").body()).isEqualTo("not now");
  }

  @Test
  void what_is_told_when_the_gateway_stops_is_still_sent() throws Exception {
    serve(true, null, service.address());
    service.balances.put("regular-user", 50L);
    ask("regular-user");
    gateway.undeploy();

    assertThat(service.balances).containsEntry("regular-user", 39L);
  }

  private HttpResponse<String> ask(String userType) throws Exception {
    return gateway.send(gateway.post(PATH, chat("m")).header("user-type", userType));
  }

  private void awaitUpdates(int number) throws Exception {
    eventually("the service is told", () -> service.updates.size() == number);
  }

  private double count(String name, String outcome) {
    var counter = gateway.meters.find(name).tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  private void serve(boolean fallOpen, @Nullable String message, URI address) throws Exception {
    LimitServiceConfig config =
        new LimitServiceConfig(
            List.of(
                new Match("path", Match.Kind.PREFIX, "/v1/chat"),
                new Match("host", Match.Kind.EXACT, "127.0.0.1"),
                new Match("header:user-type", Match.Kind.REGEX, "user|subscriber")),
            List.of(new KeyTemplate(List.of(new Part.Fact(Source.HEADER, "user-type")))),
            address,
            Duration.ofMillis(500),
            fallOpen,
            429,
            message);
    gateway = Gateway.start(provider -> configuration(provider, config));
  }

  private static TollgateConfig configuration(
      RecordingProvider provider, LimitServiceConfig service) {
    RouteConfig route =
        Given.with(Given.route("chat", Given.upstream("local")), Given.QUOTA, Given.limit());
    return Given.config(
        List.of(Given.provider("local", ProviderType.OPENAI, provider.baseUrl())),
        List.of(Given.withService(route, service)),
        null);
  }
}
