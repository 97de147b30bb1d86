package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static io.tollgate.proxy.Given.withFallback;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits that go by the provider, on a route with fallback. */
class ProviderLimitsTest {
  private static final FallbackConfig.On ALL = new FallbackConfig.On(true, true, List.of(429, 5));

  private final Set<String> spent = ConcurrentHashMap.newKeySet();
  private Gateway gateway;
  private RecordingProvider second;
  private RecordingProvider third;

  @BeforeEach
  void start() throws Exception {
    gateway = Gateway.start(this::config);
    gateway.services.admission = request -> Future.succeededFuture(admit(request));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private TollgateConfig config(RecordingProvider first) {
    try {
      second = RecordingProvider.start(first.vertx());
      third = RecordingProvider.start(first.vertx());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return Given.config(
        List.of(
            provider("first", ProviderType.OPENAI, first.baseUrl()),
            provider("second", ProviderType.OPENAI, second.baseUrl()),
            provider("third", ProviderType.OPENAI, third.baseUrl())),
        List.of(
            Given.with(
                withFallback(
                    route("chat", upstream("first")), ALL, upstream("second"), upstream("third")),
                null,
                Given.limit(),
                Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY, "provider"))),
        null);
  }

  /** Spends from a counter for all and from one for the provider. */
  private Admission admit(AdmitRequest request) {
    String provider = String.valueOf(request.provider());
    if (spent.contains(provider)) {
      return FakeServices.spent("r/limit_by:provider/60s", 1, 1, 0, 1000, 429, null);
    }
    List<HeldLimit> limits = new ArrayList<>();
    if (!request.onlyByProvider()) {
      limits.add(new HeldLimit(FakeServices.LIMIT_HOLD, null));
    }
    limits.add(new HeldLimit(holdOn(provider), null));
    return new Admission.Admitted(limits, List.of());
  }

  private static LimitHold holdOn(String provider) {
    LimitKey key =
        new LimitKey(
            "r", LimitType.LIMIT_BY, "60", "provider", FactValue.plain(provider), provider);
    return new LimitHold("node", key, LimitTerms.fixed(100, 60), "w1", 50);
  }

  @Test
  void the_provider_that_is_asked_first_is_told_before_admission() throws Exception {
    chat();

    AdmitRequest asked = gateway.services.admitted.element();
    assertThat(asked.provider()).isEqualTo("first");
    assertThat(asked.onlyByProvider()).isFalse();
    assertThat(gateway.services.admitted).hasSize(1);
  }

  @Test
  void without_fallback_one_event_settles_all() throws Exception {
    chat();

    UsageEvent event = settled(1).getFirst();
    assertThat(event.limitHolds()).containsExactly(FakeServices.LIMIT_HOLD, holdOn("first"));
    assertThat(event.usage().billableTokens()).isEqualTo(18);
  }

  @Test
  void another_provider_needs_room_of_its_own_and_each_pays_for_what_it_served() throws Exception {
    gateway.provider.answer = request -> request.response().setStatusCode(500).end("no");

    assertThat(chat().statusCode()).isEqualTo(200);

    List<AdmitRequest> asked = List.copyOf(gateway.services.admitted);
    assertThat(asked).extracting(AdmitRequest::provider).containsExactly("first", "second");
    assertThat(asked).extracting(AdmitRequest::onlyByProvider).containsExactly(false, true);
    assertThat(asked).extracting(AdmitRequest::requestId).doesNotHaveDuplicates();
    List<UsageEvent> events = settled(3);
    UsageEvent left = of(events, holdOn("first"));
    assertThat(left.usage().billableTokens()).isZero();
    assertThat(left.provider()).isEqualTo("first");
    assertThat(left.requestId()).isEqualTo(asked.getFirst().requestId());
    UsageEvent general = of(events, FakeServices.LIMIT_HOLD);
    assertThat(general.limitHolds()).containsExactly(FakeServices.LIMIT_HOLD);
    assertThat(general.usage().billableTokens()).isEqualTo(18);
    UsageEvent serving = of(events, holdOn("second"));
    assertThat(serving.usage().billableTokens()).isEqualTo(18);
    assertThat(serving.requestId()).isEqualTo(asked.getLast().requestId());
    assertThat(serving.outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void one_that_was_lost_after_reading_the_prompt_pays_for_the_prompt() throws Exception {
    gateway.provider.answer = request -> request.connection().close();

    assertThat(chat().statusCode()).isEqualTo(200);

    List<UsageEvent> events = settled(3);
    UsageEvent left = of(events, holdOn("first"));
    assertThat(left.usage().promptTokens()).isPositive();
    assertThat(left.usage().completionTokens()).isZero();
    assertThat(left.estimated()).isTrue();
    assertThat(of(events, holdOn("second")).usage().billableTokens()).isEqualTo(18);
    // Our own count, which the exact answer of the second may have moved in between.
    assertThat(of(events, FakeServices.LIMIT_HOLD).usage().billableTokens())
        .isBetween(18 + left.usage().promptTokens() - 4, 18 + left.usage().promptTokens());
  }

  @Test
  void a_provider_without_room_is_passed_over() throws Exception {
    gateway.provider.answer = request -> request.response().setStatusCode(500).end("no");
    spent.add("second");

    assertThat(chat().statusCode()).isEqualTo(200);

    assertThat(second.received).isEmpty();
    assertThat(third.received).hasSize(1);
    assertThat(settled(3)).extracting(UsageEvent::limitHolds).contains(List.of(holdOn("third")));
  }

  @Test
  void when_none_is_left_the_client_gets_the_refusal() throws Exception {
    gateway.provider.answer = request -> request.response().setStatusCode(500).end("no");
    spent.add("second");
    spent.add("third");

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("rate_limit_exceeded", "r/limit_by:provider/60s");
    assertThat(second.received).isEmpty();
    assertThat(third.received).isEmpty();
    assertThat(settled(2))
        .allSatisfy(
            event -> {
              assertThat(event.usage().billableTokens()).isZero();
              assertThat(event.provider()).isEqualTo("first");
            });
  }

  @Test
  void a_refusal_for_the_first_provider_never_starts_fallback() throws Exception {
    spent.add("first");

    assertThat(chat().statusCode()).isEqualTo(429);

    assertThat(second.received).isEmpty();
    assertThat(third.received).isEmpty();
  }

  private HttpResponse<String> chat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));
  }

  private List<UsageEvent> settled(int events) throws InterruptedException {
    Gateway.eventually("all is settled", () -> gateway.services.limiterSettled.size() >= events);
    assertThat(gateway.services.limiterSettled).hasSize(events);
    return gateway.services.limiterSettled;
  }

  private static UsageEvent of(List<UsageEvent> events, LimitHold hold) {
    return events.stream()
        .filter(event -> event.limitHolds().contains(hold))
        .findFirst()
        .orElseThrow();
  }
}
