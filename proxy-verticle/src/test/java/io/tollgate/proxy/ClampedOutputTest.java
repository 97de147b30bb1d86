package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Outcome;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests whose rule leaves 40 output tokens for them. */
class ClampedOutputTest {
  private static final long CAP = 40;

  private static final LimitHold HOLD =
      new LimitHold(
          "node",
          FakeServices.LIMIT_HOLD.key(),
          new LimitTerms(Algorithm.FIXED_WINDOW, Period.ofSeconds(60), Count.OUTPUT, 100, 100),
          "w1",
          CAP);

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.with(route("chat", upstream("p")), null, Given.limit())),
                    null));
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                FakeServices.admitted(
                    new HeldLimit(HOLD, new Admission.Standing(100, 0, 30_000), true, null)));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "/v1/chat/completions|{\"model\":\"m\"}|{\"max_tokens\":40,\"model\":\"m\"}|40",
        "/v1/chat/completions|{\"model\":\"gpt-5-mini\"}|{\"max_completion_tokens\":40,\"model\":\"gpt-5-mini\"}|40",
        "/v1/chat/completions|{\"model\":\"o3\",\"max_completion_tokens\":900}|{\"model\":\"o3\",\"max_completion_tokens\":40}|40",
        "/v1/chat/completions|{\"model\":\"m\",\"max_tokens\":90,\"max_completion_tokens\":80}|{\"model\":\"m\",\"max_tokens\":40,\"max_completion_tokens\":40}|40",
        "/v1/chat/completions|{\"model\":\"m\",\"n\":3}|{\"max_tokens\":13,\"model\":\"m\",\"n\":3}|13",
        "/v1/completions|{\"model\":\"m\",\"prompt\":[\"a\",\"b\"],\"best_of\":2}|{\"max_tokens\":10,\"model\":\"m\",\"prompt\":[\"a\",\"b\"],\"best_of\":2}|10",
        "/v1/responses|{\"model\":\"m\",\"max_output_tokens\":41}|{\"model\":\"m\",\"max_output_tokens\":40}|40",
        "/v1/messages|{\"model\":\"m\",\"max_tokens\":9000}|{\"model\":\"m\",\"max_tokens\":40}|40"
      })
  void lowers_what_a_request_may_write(String path, String body, String sent, String told)
      throws Exception {
    HttpResponse<String> answer = gateway.send(gateway.post(path, body));

    assertThat(gateway.provider.only().body()).hasToString(sent);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap")).contains(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "/v1/chat/completions|{\"model\":\"m\",\"max_tokens\":40}",
        "/v1/messages|{\"model\":\"m\",\"max_tokens\":7}",
        "/v1/embeddings|{\"model\":\"m\",\"input\":\"x\"}",
        "/v1/something|{\"model\":\"m\"}"
      })
  void leaves_a_request_alone_that_asks_for_less(String path, String body) throws Exception {
    HttpResponse<String> answer = gateway.send(gateway.post(path, body));

    assertThat(gateway.provider.only().body()).hasToString(body);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap")).isEmpty();
  }

  @Test
  void refuses_more_texts_than_there_are_tokens_and_gives_back_what_it_held() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", "{\"model\":\"m\",\"n\":41}"));

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after-ms")).contains("30000");
    JsonObject error = new JsonObject(answer.body()).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("rate_limit_exceeded");
    assertThat(error.getString("message"))
        .isEqualTo(
            "Too many requests: 41 texts are wanted and 40 output tokens are left for all of them."
                + " Try again in 30 s.");
    assertThat(gateway.provider.received).isEmpty();
    assertThat(Gateway.first(gateway.services.limiterSettled).outcome()).isEqualTo(Outcome.REFUSED);
  }
}
