package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.Reservation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The line and the numbers that each request leaves behind. */
class DecisionTest {
  private static final Logger DECISIONS = (Logger) LoggerFactory.getLogger("tollgate.decisions");

  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getFormattedMessage());
        }
      };
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    appender.start();
    DECISIONS.addAppender(appender);
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(
                        Given.forModels(
                            Given.with(route("known", upstream("p")), Given.QUOTA, Given.limit()),
                            "m"),
                        route("rest", upstream("p"))),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    DECISIONS.detachAppender(appender);
    gateway.close();
  }

  @Test
  void a_line_says_who_wanted_what_and_what_it_cost() throws Exception {
    String id =
        gateway
            .send(gateway.post("/v1/chat/completions", Gateway.chat("m")))
            .headers()
            .firstValue("x-request-id")
            .orElseThrow();

    JsonObject line = line();
    JsonObject rest = line.copy();
    List.of("admission_ms", "first_token_ms", "total_ms").forEach(rest::remove);
    assertThat(rest)
        .isEqualTo(
            new JsonObject()
                .put("request_id", id)
                .put("consumer", "ann")
                .put("route", "known")
                .put("model", "m")
                .put("provider", "p")
                .put("verdict", "passed")
                .putNull("rule")
                .put("status", 200)
                .put("outcome", "completed")
                .put("stream", false)
                .put("held_tokens", 60)
                .put("prompt_tokens", 7)
                .put("completion_tokens", 11)
                .put("billed_tokens", 18)
                .put("estimated", false));
    assertThat(line.getDouble("total_ms"))
        .isGreaterThanOrEqualTo(line.getDouble("first_token_ms"))
        .isGreaterThanOrEqualTo(line.getDouble("admission_ms"))
        .isPositive();
  }

  @Test
  void a_line_names_the_rule_that_refused() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                FakeServices.spent("the-rule/global/60s", 5, 9, 0, 1000, 429, null));

    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    JsonObject line = line();
    assertThat(line.getString("verdict")).isEqualTo("rate_limit_exceeded");
    assertThat(line.getString("rule")).isEqualTo("the-rule/global/60s");
    assertThat(line.getString("outcome")).isEqualTo("refused");
    assertThat(line.getInteger("status")).isEqualTo(429);
    assertThat(line.getString("provider")).isNull();
    assertThat(
            gateway
                .meters
                .get("tollgate.refusals")
                .tags(
                    "route", "known", "rule", "the-rule/global/60s", "code", "rate_limit_exceeded")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void a_line_and_a_metric_tell_why_a_limit_refuses() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                new Admission.Throttled(
                    "r/global_threshold/60s",
                    Admission.Cause.PENALTY,
                    "tokens",
                    5,
                    9,
                    0,
                    1000,
                    429,
                    null,
                    null));

    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(line().getString("cause")).isEqualTo("penalty");
    assertThat(
            gateway
                .meters
                .get("tollgate.limit.refusals")
                .tags("rule", "r/global_threshold/60s", "cause", "penalty")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void a_line_and_a_metric_tell_what_rules_in_shadow_would_have_refused() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(new Admission.Admitted(List.of(), List.of("a/x/60s", "b/y/1s")));

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().map().toString()).doesNotContain("a/x/60s");
    JsonObject line = line();
    assertThat(line.getString("verdict")).isEqualTo("passed");
    assertThat(line.getJsonArray("would_refuse").getList()).containsExactly("a/x/60s", "b/y/1s");
    assertThat(gateway.meters.get("tollgate.limit.would.refuse").counters())
        .hasSize(2)
        .allMatch(counter -> counter.count() == 1);
  }

  @Test
  void a_line_tells_what_budgets_in_shadow_would_have_refused_beside_rules() throws Exception {
    gateway.services.admission =
        request -> Future.succeededFuture(new Admission.Admitted(List.of(), List.of("a/x/60s")));
    gateway.services.reservation =
        request ->
            Future.succeededFuture(
                new Reservation.Reserved(
                    List.of(FakeServices.QUOTA_HOLD), List.of("monthly"), List.of()));

    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    assertThat(line().getJsonArray("would_refuse").getList())
        .containsExactly("a/x/60s", "quota/monthly");
    assertThat(gateway.meters.get("tollgate.limit.would.refuse").counters())
        .extracting(counter -> counter.getId().getTag("rule"))
        .containsExactly("a/x/60s");
  }

  @Test
  void a_line_names_the_budget_that_refuses() throws Exception {
    gateway.services.reservation =
        request ->
            Future.succeededFuture(
                new Reservation.Exhausted("ann", 0, 0, 0, null, "monthly", null));

    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));

    JsonObject line = line();
    assertThat(line.getString("verdict")).isEqualTo("insufficient_quota");
    assertThat(line.getString("rule")).isEqualTo("quota/monthly");
  }

  @Test
  void no_line_has_a_key_or_a_word_of_the_prompt() throws Exception {
    gateway.send(gateway.post("/v1/chat/completions?apikey=ann-key", Gateway.chat("m")));
    gateway.send(
        gateway
            .request("/v1/chat/completions")
            .header("authorization", "Bearer sk-secret")
            .POST(HttpRequest.BodyPublishers.ofString(Gateway.chat("m"))));
    gateway.send(gateway.post("/v1/chat/completions", "{\"model\":\"m\",\"messages\":\"who are"));

    for (int i = 0; i < 3; i++) {
      assertThat(line().encode())
          .doesNotContain("ann-key", "sk-secret", "who are", "provider-token", "hello");
    }
  }

  @Test
  void a_line_cannot_be_broken_by_what_a_client_sends() throws Exception {
    gateway.send(
        gateway.post(
            "/v1/chat/completions", "{\"model\":\"a\\n{\\\"consumer\\\":\\\"admin\\\"}\"}"));

    String line = lines.poll(10, TimeUnit.SECONDS);
    assertThat(line).doesNotContain("\n");
    assertThat(new JsonObject(line).getString("model")).isEqualTo("a\n{\"consumer\":\"admin\"}");
  }

  @Test
  void requests_and_tokens_are_counted_by_names_that_the_configuration_knows() throws Exception {
    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));
    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("made-up-by-the-client")));
    line();
    line();

    assertThat(requests("m", "known")).isEqualTo(1);
    assertThat(requests("other", "rest")).isEqualTo(1);
    assertThat(tokens("m", "input")).isEqualTo(7);
    assertThat(tokens("m", "output")).isEqualTo(11);
    assertThat(gateway.meters.get("tollgate.open.requests").gauge().value()).isZero();
    assertThat(gateway.meters.get("tollgate.gateway.request").tag("route", "known").timer().count())
        .isEqualTo(1);
    assertThat(
            gateway
                .meters
                .get("tollgate.first.token")
                .tags("provider", "p", "model", "m")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(
            gateway
                .meters
                .get("tollgate.upstream.latency")
                .tags("provider", "p", "outcome", "completed")
                .timer()
                .count())
        .isEqualTo(2);
    assertThat(gateway.meters.getMeters().stream().map(Meter::getId))
        .noneSatisfy(
            id ->
                assertThat(id.getTags())
                    .extracting(Tag::getValue)
                    .contains("made-up-by-the-client"));
  }

  private double requests(String model, String route) {
    return gateway
        .meters
        .get("tollgate.requests")
        .tags("route", route, "model", model, "provider", "p", "verdict", "passed", "status", "2xx")
        .counter()
        .count();
  }

  private double tokens(String model, String direction) {
    return gateway
        .meters
        .get("tollgate.tokens")
        .tags(
            "consumer",
            "ann",
            "provider",
            "p",
            "model",
            model,
            "direction",
            direction,
            "exact",
            "true")
        .counter()
        .count();
  }

  private JsonObject line() throws InterruptedException {
    String line = lines.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("a decision line").isNotNull();
    return new JsonObject(line);
  }
}
