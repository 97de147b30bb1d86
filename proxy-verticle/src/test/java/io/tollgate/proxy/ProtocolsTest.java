package io.tollgate.proxy;

import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.demo.DemoLedger;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each protocol that makes text, through the gateway to a provider that keeps books of its own. */
class ProtocolsTest {
  private static final DemoConfig PACE = new DemoConfig(Duration.ZERO, Duration.ZERO);

  private final Vertx elsewhere = Vertx.vertx();
  private final LinkedBlockingQueue<DemoLedger.Entry> entries = new LinkedBlockingQueue<>();
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    DemoProviderVerticle demo = new DemoProviderVerticle(PACE, entries::add);
    Gateway.await(elsewhere.deployVerticle(demo));
    ProviderConfig provider =
        new ProviderConfig(
            "demo",
            ProviderType.DEMO,
            null,
            List.of(),
            List.of(),
            null,
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            PACE);
    gateway =
        Gateway.start(
            EnumSet.of(Role.AUTH, Role.LIMITER, Role.QUOTA),
            Map.of("demo", URI.create("http://127.0.0.1:" + demo.port() + "/v1")),
            unused ->
                Given.config(
                    List.of(provider),
                    List.of(
                        Given.with(route("chat", upstream("demo")), Given.QUOTA, Given.limit())),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
    Gateway.await(elsewhere.close());
  }

  private static String body(String path, boolean stream) {
    String ask =
        switch (path) {
          case "/v1/responses" -> "\"input\":[{\"role\":\"user\",\"content\":\"who are you?\"}]";
          case "/v1/completions" -> "\"prompt\":\"who are you?\"";
          default -> "\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";
        };
    return "{\"model\":\"m\",\"stream\":" + stream + "," + ask + "}";
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, false",
    "/v1/chat/completions, true",
    "/v1/completions, false",
    "/v1/completions, true",
    "/v1/responses, false",
    "/v1/responses, true",
    "/v1/messages, false",
    "/v1/messages, true"
  })
  void bills_what_the_provider_has_in_its_books(String path, boolean stream) throws Exception {
    HttpResponse<String> answer = gateway.send(gateway.post(path, body(path, stream)));

    assertThat(answer.statusCode()).isEqualTo(200);
    DemoLedger.Entry made = entries.take();
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage().prompt()).isEqualTo(made.promptTokens());
    assertThat(settled.usage().completion()).isEqualTo(made.completionTokens());
    assertThat(settled.estimated()).isFalse();
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(made.completionTokens()).isGreaterThan(5);
  }

  @ParameterizedTest
  @CsvSource({"/v1/responses, 500, server_error", "/v1/messages, 529, overloaded_error"})
  void passes_a_providers_error_on_and_bills_nothing(String path, int status, String type)
      throws Exception {
    HttpResponse<String> answer =
        gateway.send(
            gateway.post(path, body(path, true)).header("x-demo-fault", "status=" + status));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(type);
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage().billableTokens()).isZero();
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_REFUSED);
  }

  @Test
  void tells_a_messages_client_in_anthropics_words_that_its_stream_broke_off() throws Exception {
    HttpResponse<String> answer =
        gateway.send(
            gateway
                .post("/v1/messages", body("/v1/messages", true))
                .header("x-demo-fault", "break-after=5"));

    assertThat(answer.body())
        .contains("event: message_start")
        .contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\"")
        .doesNotContain("message_stop");
    DemoLedger.Entry made = entries.take();
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage().prompt()).isEqualTo(made.promptTokens());
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_BROKEN);
  }
}
