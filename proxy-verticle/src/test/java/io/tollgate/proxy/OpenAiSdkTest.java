package io.tollgate.proxy;

import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.tollgate.contract.Role;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official SDK, unmodified but for base URL and key, against the simulated provider. */
class OpenAiSdkTest {
  private static final DemoConfig PACE = new DemoConfig(Duration.ZERO, Duration.ZERO);

  private final Vertx elsewhere = Vertx.vertx();
  private final List<OpenAIClient> clients = new ArrayList<>();
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    DemoProviderVerticle demo = new DemoProviderVerticle(PACE);
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
                        Given.forModels(
                            Given.with(route("chat", upstream("demo")), Given.QUOTA, Given.limit()),
                            "qwen-max")),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    clients.forEach(OpenAIClient::close);
    gateway.close();
    Gateway.await(elsewhere.close());
  }

  @Test
  void completes() throws Exception {
    OpenAIClient client = client("ann-key");
    ChatCompletion completion = client.chat().completions().create(question().build());

    assertThat(completion.choices().getFirst().message().content().orElseThrow()).isNotBlank();
    long total = completion.usage().orElseThrow().totalTokens();
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage().billableTokens()).isEqualTo(total);
    assertThat(settled.estimated()).isFalse();
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void streams_and_sees_no_usage_that_it_did_not_ask_for() throws Exception {
    OpenAIClient client = client("ann-key");
    List<ChatCompletionChunk> chunks = stream(client, question().build());

    assertThat(chunks).hasSizeGreaterThan(2);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.estimated()).isFalse();
    assertThat(settled.usage().completionTokens()).isPositive();
  }

  @Test
  void streams_and_sees_the_usage_that_it_asked_for() throws Exception {
    OpenAIClient client = client("ann-key");
    List<ChatCompletionChunk> chunks =
        stream(
            client,
            question()
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());

    long total = chunks.getLast().usage().orElseThrow().totalTokens();
    assertThat(Gateway.first(gateway.services.quotaSettled).usage().billableTokens())
        .isEqualTo(total);
  }

  @Test
  void gets_its_own_exception_for_an_unknown_key() {
    OpenAIClient client = client("wrong");
    UnauthorizedException refusal =
        catchThrowableOfType(
            UnauthorizedException.class,
            () -> client.chat().completions().create(question().build()));

    assertThat(refusal.code()).contains("invalid_api_key");
  }

  @Test
  void gets_its_own_exception_for_a_spent_quota_and_does_not_try_again() {
    gateway.services.reservation =
        request -> Future.succeededFuture(new Reservation.Exhausted("ann", 0, 0));
    OpenAIClient client = client("ann-key");
    PermissionDeniedException refusal =
        catchThrowableOfType(
            PermissionDeniedException.class,
            () -> client.chat().completions().create(question().build()));

    assertThat(refusal.code()).contains("insufficient_quota");
    assertThat(gateway.services.reserved).hasSize(1);
  }

  @Test
  void tries_again_when_a_limit_is_spent_and_gets_its_own_exception_in_the_end() {
    gateway.services.admission =
        request -> Future.succeededFuture(FakeServices.spent("rule", 5, 9, 0, 20, 429, null));
    OpenAIClient client = client("ann-key");
    RateLimitException refusal =
        catchThrowableOfType(
            RateLimitException.class, () -> client.chat().completions().create(question().build()));

    assertThat(refusal.code()).contains("rate_limit_exceeded");
    assertThat(gateway.services.admitted).hasSize(3);
  }

  @Test
  void gets_its_own_exception_for_an_unknown_model() {
    OpenAIClient client = client("ann-key");
    NotFoundException refusal =
        catchThrowableOfType(
            NotFoundException.class,
            () -> client.chat().completions().create(question().model("none").build()));

    assertThat(refusal.code()).contains("model_not_found");
  }

  @Test
  void lists_models() {
    OpenAIClient client = client("ann-key");
    assertThat(client.models().list().data())
        .singleElement()
        .satisfies(model -> assertThat(model.id()).isEqualTo("qwen-max"));
  }

  private static List<ChatCompletionChunk> stream(
      OpenAIClient client, ChatCompletionCreateParams question) {
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(question)) {
      return stream.stream().toList();
    }
  }

  private static ChatCompletionCreateParams.Builder question() {
    return ChatCompletionCreateParams.builder().model("qwen-max").addUserMessage("who are you?");
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(gateway.uri("/v1").toString()).apiKey(key).build();
  }
}
