package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyVerticleTest {
  private static TollgateConfig config(RecordingProvider provider) {
    return Given.config(
        List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
        List.of(Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit())),
        null);
  }

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = Gateway.start(ProxyVerticleTest::config);
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void answers_a_chat_and_settles_what_it_used() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(RecordingProvider.ANSWER);
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled)
        .isEqualTo(
            new UsageEvent(
                settled.requestId(),
                settled.atMillis(),
                "chat",
                "ann",
                "m",
                "p",
                TokenUsage.of(7, 11),
                false,
                Outcome.COMPLETED,
                List.of(FakeServices.LIMIT_HOLD),
                List.of(FakeServices.QUOTA_HOLD)));
    assertThat(Gateway.first(gateway.services.quotaSettled)).isEqualTo(settled);
  }

  @Test
  void asks_the_limiter_and_the_quota_with_the_same_estimate() throws Exception {
    gateway.send(
        gateway.post(
            "/v1/chat/completions",
            """
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"who are you?"}]}"""));

    AdmitRequest admit = gateway.services.admitted.remove();
    ReserveRequest reserve = gateway.services.reserved.remove();
    assertThat(admit.requestId()).isEqualTo(reserve.requestId());
    assertThat(admit.estimate()).isEqualTo(reserve.estimate());
    assertThat(admit.estimate().outputTokens()).isEqualTo(5);
    assertThat(admit.estimate().promptTokens()).isBetween(3L, 20L);
    assertThat(admit.consumer()).isEqualTo("ann");
    assertThat(admit.model()).isEqualTo("m");
  }

  @Test
  void names_each_request_and_does_not_take_the_clients_name_for_it() throws Exception {
    HttpRequest.Builder request =
        gateway.post("/v1/chat/completions", Gateway.chat("m")).header("x-request-id", "mine");

    HttpResponse<String> one = gateway.send(request);
    HttpResponse<String> two = gateway.send(request);

    String id = one.headers().firstValue("x-request-id").orElseThrow();
    assertThat(id).isNotEqualTo("mine").hasSize(36);
    assertThat(two.headers().firstValue("x-request-id").orElseThrow()).isNotEqualTo(id);
    assertThat(Gateway.first(gateway.services.limiterSettled).requestId()).isEqualTo(id);
  }

  @Test
  void tells_where_the_tightest_limit_stands() throws Exception {
    gateway.provider.answer =
        request -> {
          request.response().putHeader("x-ratelimit-limit-tokens", "the provider's own");
          RecordingProvider.answerJson(request);
        };

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(answer.headers().map())
        .containsEntry("x-ratelimit-limit-tokens", List.of("100"))
        .containsEntry("x-ratelimit-remaining-tokens", List.of("42"))
        .containsEntry("x-ratelimit-reset-tokens", List.of("30s"));
  }

  @Test
  void passes_other_paths_on_and_bills_what_they_report() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/moderations?dry=1", "{\"input\":\"x\"}"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(gateway.provider.only().uri()).isEqualTo("/base/v1/moderations?dry=1");
    assertThat(Gateway.first(gateway.services.quotaSettled).usage().billableTokens()).isEqualTo(18);
  }

  @Test
  void bills_nothing_for_other_paths_that_report_nothing() throws Exception {
    gateway.provider.answer = request -> request.response().end("{\"ok\":true}");

    gateway.send(gateway.post("/v1/moderations", "{\"input\":\"x\"}"));

    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage()).isEqualTo(TokenUsage.NONE);
    assertThat(settled.estimated()).isFalse();
  }

  @Test
  void takes_no_holds_for_reading() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.request("/v1/files/f1").header("x-api-key", "ann-key"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(gateway.provider.only().method()).isEqualTo("GET");
    assertThat(gateway.services.admitted).isEmpty();
    assertThat(gateway.services.reserved).isEmpty();
  }

  @Test
  void passes_the_answer_to_a_head_request_without_a_body() throws Exception {
    gateway.provider.answer =
        request ->
            request.response().putHeader("content-length", "1234").putHeader("etag", "e").end();

    HttpResponse<String> answer =
        gateway.send(
            gateway
                .request("/v1/files/f1")
                .header("x-api-key", "ann-key")
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.headers().firstValue("etag")).contains("e");
    assertThat(answer.headers().firstValue("content-length")).contains("1234");
  }

  @Test
  void passes_the_providers_errors_as_they_are_and_bills_nothing() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .setStatusCode(429)
                .putHeader("retry-after", "7")
                .end("{\"error\":{\"message\":\"slow down\"}}");

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after")).contains("7");
    assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"slow down\"}}");
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_REFUSED);
    assertThat(settled.usage()).isEqualTo(TokenUsage.NONE);
  }

  @Test
  void estimates_an_answer_that_reports_no_usage() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .putHeader("content-type", "application/json")
                .end(
                    """
                    {"choices":[{"message":{"content":"one two three four"}}]}""");

    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.usage().promptTokens()).isPositive();
    assertThat(settled.usage().completionTokens()).isPositive();
  }

  @Test
  void bills_the_part_that_the_answer_of_another_path_reports() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .putHeader("content-type", "application/x-ndjson")
                .end("{\"response\":\"hi\",\"done\":false}\n{\"done\":true,\"eval_count\":5}\n");

    gateway.send(gateway.post("/v1/api/generate", "{\"model\":\"m\",\"prompt\":\"hello\"}"));

    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.usage()).isEqualTo(TokenUsage.of(0, 5));
    assertThat(settled.estimated()).isTrue();
  }

  @Test
  void meters_an_answer_that_is_compressed_although_we_asked_for_a_plain_one() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .putHeader("content-type", "application/json")
                .putHeader("content-encoding", "gzip")
                .end(Gzip.of(RecordingProvider.ANSWER));

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(gateway.provider.only().headers().getAll("accept-encoding"))
        .containsExactly("identity");
    assertThat(answer.body()).isEqualTo(RecordingProvider.ANSWER);
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.estimated()).isFalse();
    assertThat(settled.usage().billableTokens()).isEqualTo(18);
  }

  @Test
  void says_which_address_is_taken_when_it_cannot_listen() throws Exception {
    int taken = gateway.port();
    TollgateConfig free = config(gateway.provider);
    TollgateConfig config =
        new TollgateConfig(
            free.node(),
            new ProxyConfig(new Listen("127.0.0.1", taken), null, 1000),
            free.admin(),
            null,
            free.stores(),
            free.providers(),
            free.consumers(),
            free.routes(),
            free.quotas(),
            free.log(),
            free.journal(),
            null,
            null);
    Vertx other = Vertx.vertx();
    try {
      ProxyVerticle second = ProxyVerticle.instances(gateway.dependencies(config)).get();

      assertThatThrownBy(() -> Gateway.await(other.deployVerticle(second)))
          .hasMessageContaining("the proxy can't listen on 127.0.0.1:" + taken);
    } finally {
      Gateway.await(other.close());
    }
  }

  @Test
  void all_instances_of_a_node_share_one_free_port() throws Exception {
    Vertx other = Vertx.vertx();
    try {
      List<ProxyVerticle> instances = new CopyOnWriteArrayList<>();
      var supplier = ProxyVerticle.instances(gateway.dependencies(config(gateway.provider)));
      Gateway.await(
          other.deployVerticle(
              () -> {
                ProxyVerticle instance = supplier.get();
                instances.add(instance);
                return instance;
              },
              new DeploymentOptions().setInstances(2)));

      assertThat(instances).hasSize(2);
      assertThat(instances.get(0).ports()).hasSize(1).isEqualTo(instances.get(1).ports());
      assertThat(instances.get(0).ports().getFirst()).isPositive();
    } finally {
      Gateway.await(other.close());
    }
  }

  @Test
  void lets_open_requests_end_before_it_stops_and_settles_them() throws Exception {
    LinkedBlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
    gateway.provider.answer = request -> answers.add(() -> RecordingProvider.answerJson(request));
    CompletableFuture<HttpResponse<String>> open =
        gateway
            .http()
            .sendAsync(
                gateway.post("/v1/chat/completions", Gateway.chat("m")).build(),
                HttpResponse.BodyHandlers.ofString());
    Runnable answer = answers.poll(10, TimeUnit.SECONDS);

    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> {
              try {
                gateway.undeploy();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Gateway.eventually("no new connection is taken", () -> !gateway.accepts());
    assertThat(stopped).isNotDone();
    gateway.vertx.runOnContext(now -> answer.run());

    assertThat(open.get(10, TimeUnit.SECONDS).body()).isEqualTo(RecordingProvider.ANSWER);
    stopped.get(10, TimeUnit.SECONDS);
    assertThat(gateway.services.limiterSettled).hasSize(1);
    assertThat(gateway.services.quotaSettled).hasSize(1);
  }
}
