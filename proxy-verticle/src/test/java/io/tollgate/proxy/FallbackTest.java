package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static io.tollgate.proxy.Given.withFallback;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FallbackTest {
  private static final FallbackConfig.On ALL = new FallbackConfig.On(true, true, List.of(429, 5));

  private Gateway gateway;
  private RecordingProvider second;

  @BeforeEach
  void start() throws Exception {
    gateway = Gateway.start(this::config);
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private TollgateConfig config(RecordingProvider first) {
    try {
      second = RecordingProvider.start(first.vertx());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return Given.config(
        List.of(
            provider("first", ProviderType.OPENAI, first.baseUrl()),
            provider("second", ProviderType.OPENAI, second.baseUrl()),
            provider("nobody", ProviderType.OPENAI, URI.create("http://127.0.0.1:1/v1"))),
        List.of(
            Given.forModels(
                withFallback(
                    route("dead", upstream("nobody")),
                    ALL,
                    upstream("nobody"),
                    upstream("second", Map.of("*", "small"))),
                "dead"),
            Given.forModels(
                withFallback(
                    route("picky", upstream("first")),
                    new FallbackConfig.On(false, false, List.of(503)),
                    upstream("second")),
                "picky"),
            limited(withFallback(route("chat", upstream("first")), ALL, upstream("second")))),
        null);
  }

  private static RouteConfig limited(RouteConfig route) {
    return Given.with(route, null, Given.limit());
  }

  @Test
  void asks_the_next_one_when_the_first_cannot_be_reached() throws Exception {
    HttpResponse<String> answer = chat("dead");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(second.only().body().toString()).contains("\"model\":\"small\"");
  }

  @Test
  void asks_the_next_one_when_the_first_refuses_and_bills_once() throws Exception {
    gateway.provider.answer =
        request -> request.response().setStatusCode(429).end("{\"error\":{}}");

    HttpResponse<String> answer = chat("m");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(RecordingProvider.ANSWER);
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.provider()).isEqualTo("second");
    assertThat(settled.usage().billableTokens()).isEqualTo(18);
    chat("m");
    Gateway.eventually("each is settled once", () -> gateway.services.limiterSettled.size() == 2);
    assertThat(gateway.services.admitted).hasSize(2);
  }

  @Test
  void asks_the_next_one_when_the_first_is_silent_or_breaks_off() throws Exception {
    gateway.provider.answer = request -> {};
    assertThat(chat("m").statusCode()).isEqualTo(200);

    gateway.provider.answer = request -> request.connection().close();
    assertThat(chat("m").statusCode()).isEqualTo(200);
    assertThat(second.received).hasSize(2);
  }

  @Test
  void bills_the_prompt_once_more_for_each_provider_that_read_it_in_vain() throws Exception {
    gateway.provider.answer = request -> request.connection().close();
    chat("m");

    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    // Our own count, which the exact answer of the second has moved towards the seven that it said.
    assertThat(settled.usage().promptTokens()).isBetween(7L + 7, 7L + 5 + 3 + 3);
    assertThat(settled.usage().completionTokens()).isEqualTo(11);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void gives_the_last_answer_when_all_fail() throws Exception {
    gateway.provider.answer = request -> request.response().setStatusCode(500).end("first");
    second.answer = request -> request.response().setStatusCode(502).end("second");

    HttpResponse<String> answer = chat("m");

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("second");
  }

  @Test
  void falls_back_on_nothing_but_what_is_named() throws Exception {
    gateway.provider.answer = request -> request.response().setStatusCode(500).end("first");
    assertThat(chat("picky").body()).isEqualTo("first");

    gateway.provider.answer = request -> request.connection().close();
    assertThat(chat("picky").statusCode()).isEqualTo(502);
    assertThat(second.received).isEmpty();
  }

  @Test
  void an_answer_that_nobody_wants_does_not_keep_its_connection_by_never_ending() throws Exception {
    gateway.provider.answer =
        request -> request.response().setChunked(true).setStatusCode(500).write("no");

    assertThat(chat("m").statusCode()).isEqualTo(200);

    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    Gateway.eventually(
        "it is not in flight any more",
        () ->
            gateway
                    .meters
                    .get("tollgate.provider.in.flight")
                    .tag("provider", "first")
                    .gauge()
                    .value()
                == 0);
  }

  @Test
  void does_not_fall_back_on_a_refusal_of_our_own() throws Exception {
    gateway.services.admission =
        request -> Future.succeededFuture(FakeServices.spent("r", 1, 1, 0, 1000, 429, null));

    assertThat(chat("m").statusCode()).isEqualTo(429);
    assertThat(gateway.provider.received).isEmpty();
    assertThat(second.received).isEmpty();
  }

  private HttpResponse<String> chat(String model) throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat(model)));
  }
}
