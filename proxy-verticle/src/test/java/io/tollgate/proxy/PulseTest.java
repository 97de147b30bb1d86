package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.bus.Subscription;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.limiter.ProviderHealth.Reading;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What limiters are told of a provider, as requests to it end in every way. */
class PulseTest {
  private static final String PATH = "/v1/chat/completions";

  private final LinkedBlockingQueue<ProviderHealth> told = new LinkedBlockingQueue<>();
  private Gateway gateway;
  private Subscription subscription;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(
                        provider("p", ProviderType.OPENAI, provider.baseUrl()),
                        provider("nobody", ProviderType.OPENAI, URI.create("http://127.0.0.1:1"))),
                    List.of(
                        Given.forModels(route("dead", upstream("nobody")), "dead"),
                        route("chat", upstream("p"))),
                    null));
    subscription = ProviderHealth.TOPIC.subscribe(gateway.vertx, told::add);
  }

  @AfterEach
  void close() throws Exception {
    subscription.close();
    gateway.close();
  }

  @Test
  void answers_count_with_their_time_and_5xx_as_failures() throws Exception {
    chat("m");
    gateway.provider.answer = request -> request.response().setStatusCode(404).end();
    chat("m");
    gateway.provider.answer = request -> request.response().setStatusCode(503).end();
    chat("m");

    Reading reading = eventually("p", 0, 3);
    assertThat(reading.failed()).isEqualTo(1);
    assertThat(reading.answered()).isEqualTo(3);
    assertThat(gauge("tollgate.provider.error.rate", "p")).isEqualTo(1 / 3.0);
    assertThat(gauge("tollgate.provider.latency.seconds", "p")).isBetween(0.0, 10.0);
    assertThat(gauge("tollgate.provider.latency.seconds", "nobody")).isNaN();
  }

  @Test
  void a_connection_that_is_refused_or_breaks_is_a_failure_without_an_answer() throws Exception {
    chat("dead");
    gateway.provider.answer = request -> request.connection().close();
    chat("m");

    assertThat(eventually("nobody", 0, 1)).isEqualTo(new Reading("nobody", 0, 1, 1, 0, 0));
    assertThat(eventually("p", 0, 1)).isEqualTo(new Reading("p", 0, 1, 1, 0, 0));
  }

  @Test
  void a_request_is_in_flight_until_the_end_of_its_answer() throws Exception {
    LinkedBlockingQueue<HttpServerRequest> begun = new LinkedBlockingQueue<>();
    gateway.provider.answer =
        request -> {
          request.response().setChunked(true).write("{");
          begun.add(request);
        };

    CompletableFuture<?> first = chatLater();
    CompletableFuture<?> second = chatLater();
    HttpServerRequest one = begun.poll(10, TimeUnit.SECONDS);
    HttpServerRequest other = begun.poll(10, TimeUnit.SECONDS);
    eventually("p", 2, 2);

    one.response().end("}");
    eventually("p", 1, 2);
    other.connection().close();
    Reading reading = eventually("p", 0, 2);

    assertThat(reading.failed()).as("both had begun to answer").isZero();
    CompletableFuture.allOf(first, second).handle((end, fault) -> end).get(10, TimeUnit.SECONDS);
  }

  @Test
  void what_a_client_breaks_off_is_not_the_providers_failure() throws Exception {
    LinkedBlockingQueue<HttpServerRequest> begun = new LinkedBlockingQueue<>();
    gateway.provider.answer = begun::add;

    CompletableFuture<?> leaving = chatLater();
    assertThat(begun.poll(10, TimeUnit.SECONDS)).isNotNull();
    eventually("p", 1, 0);
    leaving.cancel(true);

    Reading reading = eventually("p", 0, 0);
    assertThat(reading).isEqualTo(Reading.none("p"));
  }

  @Test
  void a_node_that_ends_falls_silent() throws Exception {
    eventually("p", 0, 0);
    gateway.undeploy();
    told.clear();

    assertThat(told.poll(1500, TimeUnit.MILLISECONDS)).isNull();
  }

  private Reading eventually(String provider, long inFlight, long asked) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Reading last = null;
    while (System.nanoTime() < end) {
      ProviderHealth health = told.poll(10, TimeUnit.SECONDS);
      assertThat(health).as("a word of the providers").isNotNull();
      last =
          health.providers().stream()
              .filter(reading -> reading.provider().equals(provider))
              .findFirst()
              .orElseThrow();
      if (last.inFlight() == inFlight && last.asked() == asked) {
        return last;
      }
    }
    throw new AssertionError("never in flight " + inFlight + ", asked " + asked + ": " + last);
  }

  private double gauge(String name, String provider) {
    return gateway.meters.get(name).tag("provider", provider).gauge().value();
  }

  private void chat(String model) throws Exception {
    gateway.send(gateway.post(PATH, Gateway.chat(model)));
  }

  private CompletableFuture<HttpResponse<String>> chatLater() {
    HttpRequest request = gateway.post(PATH, Gateway.chat("m")).build();
    return gateway.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }
}
