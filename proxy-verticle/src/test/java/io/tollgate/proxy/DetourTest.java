package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static io.tollgate.proxy.Given.withFallback;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal.OpenRequest;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What binds a request at each provider of a chain: first, then second, then first once more. */
class DetourTest {
  private static final FallbackConfig.On ALL = new FallbackConfig.On(true, true, List.of(429, 5));

  /** Of the chat that the tests send, by the vocabulary of its model. */
  private static final long PROMPT_TOKENS = 11;

  private static final Handler<HttpServerRequest> FAILING =
      request -> request.response().setStatusCode(500).end("no");
  private static final Handler<HttpServerRequest> LOST = request -> request.connection().close();

  private final Map<String, HeldLimit> limits = new ConcurrentHashMap<>();
  private volatile HeldLimit general = limit(null, 1000, false, null);
  private Gateway gateway;
  private RecordingProvider first;
  private RecordingProvider second;

  @BeforeEach
  void start() throws Exception {
    gateway = Gateway.start(this::config);
    first = gateway.provider;
    gateway.services.admission = request -> Future.succeededFuture(admit(request));
    limits.put("first", limit("first", 1000, false, null));
    limits.put("second", limit("second", 1000, false, null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private TollgateConfig config(RecordingProvider provider) {
    try {
      second = RecordingProvider.start(provider.vertx());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return Given.config(
        List.of(
            provider("first", ProviderType.OPENAI, provider.baseUrl()),
            provider("second", ProviderType.OPENAI, second.baseUrl())),
        List.of(
            Given.with(
                withFallback(
                    route("chat", upstream("first")),
                    ALL,
                    upstream("second"),
                    upstream("first", Map.of("*", "other"))),
                null,
                Given.limit(
                    FailPolicy.OPEN,
                    LimitType.LIMIT_BY,
                    "provider",
                    new LimitBlock.Admitting(LimitMode.ENFORCE, true, true, OnExhausted.STOP)))),
        null);
  }

  /** Each limit counts output. */
  private static HeldLimit limit(
      @Nullable String provider, long held, boolean clamps, @Nullable Long stopsAt) {
    return limit(provider, Count.OUTPUT, held, clamps, stopsAt);
  }

  private static HeldLimit limit(
      @Nullable String provider, Count count, long held, boolean clamps, @Nullable Long stopsAt) {
    LimitKey key =
        new LimitKey(
            "r",
            LimitType.LIMIT_BY,
            "60",
            "provider",
            FactValue.plain(String.valueOf(provider)),
            provider);
    LimitTerms terms =
        new LimitTerms(Algorithm.FIXED_WINDOW, Period.ofSeconds(60), count, 1000, 1000);
    return new HeldLimit(
        new LimitHold("node", key, terms, "w1", held),
        new Admission.Standing("tokens", 1000, 1000 - held, 60_000),
        clamps,
        stopsAt);
  }

  private Admission admit(AdmitRequest request) {
    List<HeldLimit> taken = new ArrayList<>();
    if (!request.onlyByProvider()) {
      taken.add(general);
    }
    taken.add(limits.get(request.provider()));
    return new Admission.Admitted(taken, List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "/v1/chat/completions|max_tokens",
        "/v1/messages|max_tokens",
        "/v1/responses|max_output_tokens"
      })
  void a_cap_is_for_the_provider_whose_limit_it_is(String path, String field) throws Exception {
    limits.put("first", limit("first", 40, true, null));
    first.answer = FAILING;
    String body = "{\"model\":\"m\",\"%s\":900}".formatted(field);

    HttpResponse<String> answer = gateway.send(gateway.post(path, body));

    assertThat(capIn(first, 0, field)).isEqualTo(40);
    assertThat(second.only().body()).hasToString(body);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "/v1/chat/completions|max_tokens",
        "/v1/messages|max_tokens",
        "/v1/responses|max_output_tokens"
      })
  void the_next_providers_cap_takes_its_place(String path, String field) throws Exception {
    limits.put("first", limit("first", 40, true, null));
    limits.put("second", limit("second", 70, true, null));
    first.answer = FAILING;

    HttpResponse<String> answer =
        gateway.send(gateway.post(path, "{\"model\":\"m\",\"%s\":900}".formatted(field)));

    assertThat(capIn(first, 0, field)).isEqualTo(40);
    assertThat(capIn(second, 0, field)).isEqualTo(70);
    assertThat(answer.headers().firstValue("x-tollgate-output-cap")).contains("70");
  }

  @Test
  void a_cap_by_a_limit_for_all_providers_stays() throws Exception {
    general = limit(null, 50, true, null);
    limits.put("first", limit("first", 40, true, null));
    first.answer = FAILING;

    chat();

    assertThat(capIn(first, 0, "max_tokens")).isEqualTo(40);
    assertThat(capIn(second, 0, "max_tokens")).isEqualTo(50);
  }

  @Test
  void a_prompt_that_was_read_in_vain_leaves_less_for_the_answer() throws Exception {
    general = limit(null, Count.TOTAL, 100, true, null);
    first.answer = LOST;

    chat();

    assertThat(capIn(first, 0, "max_tokens")).isEqualTo(100 - PROMPT_TOKENS);
    assertThat(capIn(second, 0, "max_tokens")).isEqualTo(100 - 2 * PROMPT_TOKENS);
  }

  @Test
  void nobody_else_is_asked_when_nothing_is_left_beside_the_prompts() throws Exception {
    general = limit(null, Count.TOTAL, 2 * PROMPT_TOKENS, true, null);
    first.answer = LOST;

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("a text is wanted and 0 output tokens are left for it");
    assertThat(second.received).isEmpty();
    assertThat(gateway.services.admitted).hasSize(1);
    List<UsageEvent> events = settled(2);
    assertThat(of(events, limits.get("first")).usage().promptTokens()).isEqualTo(PROMPT_TOKENS);
    assertThat(of(events, general).usage().promptTokens()).isEqualTo(PROMPT_TOKENS);
  }

  @Test
  void a_provider_whose_limit_leaves_no_token_for_each_text_gets_its_hold_back() throws Exception {
    limits.put("second", limit("second", 1, true, null));
    first.answer = FAILING;

    gateway.send(gateway.post("/v1/chat/completions", "{\"model\":\"gpt-4o\",\"n\":2}"));

    assertThat(second.received).isEmpty();
    assertThat(first.received).hasSize(2);
    UsageEvent back = of(settled(4), limits.get("second"));
    assertThat(back.outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void a_stream_is_not_ended_by_the_limit_of_a_provider_that_was_left() throws Exception {
    limits.put("first", limit("first", 3, false, 3L));
    first.answer = FAILING;
    second.answer = request -> stream(request).end(words(40) + "data: [DONE]\n\n");

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.body()).isEqualTo(words(40) + "data: [DONE]\n\n");
    assertThat(of(settled(3), general).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @ParameterizedTest
  @CsvSource({"first", "second"})
  void a_stream_is_ended_by_the_limit_of_the_provider_that_serves_it(String stopping)
      throws Exception {
    limits.put(stopping, limit(stopping, 3, false, 3L));
    first.answer = stopping.equals("first") ? request -> stream(request).write(words(40)) : FAILING;
    second.answer = request -> stream(request).write(words(40));

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.body()).contains("\"finish_reason\":\"length\"").endsWith("[DONE]\n\n");
    Gateway.eventually("it is settled", () -> !gateway.services.limiterSettled.isEmpty());
    UsageEvent event = of(gateway.services.limiterSettled, general);
    assertThat(event.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(event.usage().completionTokens()).isBetween(2L, 7L);
  }

  @Test
  void prompts_that_were_read_in_vain_bring_the_end_of_a_stream_nearer() throws Exception {
    long amount = 2 * PROMPT_TOKENS + 5;
    general = limit(null, Count.TOTAL, amount, false, amount);
    limits.put("second", limit("second", Count.TOTAL, amount, false, amount));
    first.answer = LOST;
    second.answer = request -> stream(request).write(words(60));

    streamedChat();

    UsageEvent event = of(settled(3), general);
    assertThat(event.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(event.usage().promptTokens()).isEqualTo(2 * PROMPT_TOKENS);
    assertThat(event.usage().billableTokens()).isBetween(amount - 3, amount + 4);
  }

  @Test
  void only_what_is_held_is_renewed_and_each_holder_hears_what_is_left() throws Exception {
    general = limit(null, 1000, false, 900L);
    limits.put("first", limit("first", 1000, false, 900L));
    limits.put("second", limit("second", 1000, false, 900L));
    first.answer = LOST;
    AtomicReference<List<OpenRequest>> renewed = new AtomicReference<>();
    AtomicReference<HttpServerRequest> open = new AtomicReference<>();
    second.answer =
        request -> {
          stream(request).write(words(10));
          open.set(request);
        };
    gateway.services.renewed =
        renewal -> {
          if (open.get() == null) {
            return Renewed.UNKNOWN;
          }
          renewed.set(renewal.open());
          // Nothing of what is held at the second provider may be used any more.
          return new Renewed(
              renewal.open().stream()
                  .collect(
                      Collectors.toMap(
                          OpenRequest::requestId,
                          each ->
                              each.limitHolds().stream()
                                  .map(hold -> hold.key().provider() == null ? 0L : -1000L)
                                  .toList())));
        };

    Future<HttpResponse<String>> answer =
        Future.fromCompletionStage(
            gateway
                .http()
                .sendAsync(
                    gateway.post("/v1/chat/completions", Gateway.streamedChat("gpt-4o")).build(),
                    HttpResponse.BodyHandlers.ofString()));
    Gateway.eventually("they are renewed", () -> renewed.get() != null);
    // The next event is the first after that word.
    Gateway.eventually(
        "the stream is ended",
        () -> {
          gateway.vertx.runOnContext(any -> open.get().response().write(words(1)));
          return answer.isComplete();
        });

    assertThat(answer.result().body()).endsWith("[DONE]\n\n");
    assertThat(renewed.get())
        .extracting(OpenRequest::limitHolds)
        .containsExactly(List.of(general.hold()), List.of(limits.get("second").hold()));
    assertThat(renewed.get())
        .extracting(each -> each.soFar().promptTokens())
        .containsExactly(2 * PROMPT_TOKENS, PROMPT_TOKENS);
  }

  @Test
  void a_provider_that_is_asked_twice_pays_for_each_time_once() throws Exception {
    AtomicReference<Handler<HttpServerRequest>> next = new AtomicReference<>(LOST);
    first.answer = request -> next.getAndSet(RecordingProvider::answerJson).handle(request);
    second.answer = FAILING;

    assertThat(chat().statusCode()).isEqualTo(200);

    List<UsageEvent> events =
        settled(4).stream()
            .filter(event -> event.limitHolds().contains(limits.get("first").hold()))
            .toList();
    assertThat(events).extracting(UsageEvent::requestId).doesNotHaveDuplicates();
    assertThat(events)
        .extracting(event -> event.usage().billableTokens())
        .containsExactlyInAnyOrder(PROMPT_TOKENS, 18L);
  }

  @Test
  void headers_tell_where_the_limits_of_the_provider_stand_that_serves() throws Exception {
    limits.put("first", limit("first", 990, false, null));
    limits.put("second", limit("second", 800, false, null));
    general = limit(null, 500, false, null);
    first.answer = FAILING;

    assertThat(chat().headers().firstValue("x-ratelimit-remaining-tokens")).contains("200");
  }

  private HttpResponse<String> chat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("gpt-4o")));
  }

  private HttpResponse<String> streamedChat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.streamedChat("gpt-4o")));
  }

  private static long capIn(RecordingProvider provider, int request, String field) {
    return new JsonObject(provider.received.get(request).body()).getLong(field);
  }

  private static HttpServerResponse stream(HttpServerRequest request) {
    return request.response().setChunked(true).putHeader("content-type", "text/event-stream");
  }

  private static String words(int count) {
    return """
        data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-4o",\
        "choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}

        """
        .repeat(count);
  }

  private List<UsageEvent> settled(int events) throws InterruptedException {
    Gateway.eventually("all is settled", () -> gateway.services.limiterSettled.size() >= events);
    assertThat(gateway.services.limiterSettled).hasSize(events);
    return gateway.services.limiterSettled;
  }

  private static UsageEvent of(List<UsageEvent> events, HeldLimit limit) {
    return events.stream()
        .filter(event -> event.limitHolds().contains(limit.hold()))
        .findFirst()
        .orElseThrow();
  }
}
