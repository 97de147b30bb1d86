package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.TokenUsage;
import io.tollgate.contract.usage.UsageEvent;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyVerticleTest {
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit())),
                    null));
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
    assertThat(settled.usage().billableTokens()).isEqualTo(18);
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(Gateway.first(gateway.services.quotaSettled))
        .isEqualTo(
            new UsageEvent(
                settled.requestId(),
                settled.atMillis(),
                "chat",
                "ann",
                "m",
                "p",
                new TokenUsage(7L, 11L, 18L, null, null),
                false,
                Outcome.COMPLETED,
                List.of(FakeServices.LIMIT_HOLD),
                List.of(FakeServices.QUOTA_HOLD)));
  }
}
