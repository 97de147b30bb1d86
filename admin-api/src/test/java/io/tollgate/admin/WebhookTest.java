package io.tollgate.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.alert.AlertBus;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.Webhook;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.wire.Wire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts on their way to a receiver over real HTTP. */
class WebhookTest {
  private static final String SECRET = "the-secret-of-the-hook";
  private static final Duration PAUSE = Duration.ofMillis(5);

  private record Received(MultiMap headers, Buffer body) {
    String id() {
      return headers.get("X-Tollgate-Alert-Id");
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private volatile Consumer<HttpServerRequest> answer =
      request -> request.response().setStatusCode(204).end();
  private HttpServer receiver;
  private WebhookQueue queue;

  @BeforeEach
  void start() throws Exception {
    receiver =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body -> {
                                  received.add(new Received(request.headers(), body));
                                  answer.accept(request);
                                }))
                .listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void an_alert_is_posted_as_json_and_its_signature_holds() throws Exception {
    open(3);

    raise(alert("a1"));

    Received post = next();
    assertThat(new JsonObject(post.body()).getMap())
        .containsExactlyInAnyOrderEntriesOf(
            new JsonObject()
                .put("id", "a1")
                .put("kind", "limit")
                .put("rule", "r/limit_by_consumer/60s")
                .put("subject", "ann")
                .put("level", 80)
                .put("used", 85)
                .put("limit", 100)
                .put("unit", "tokens")
                .put("window", "60")
                .put("shadow", false)
                .put("node", "node-1")
                .put("at", "2026-11-22T10:00:00Z")
                .getMap());
    String timestamp = post.headers().get("X-Tollgate-Timestamp");
    assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    assertThat(post.headers().get("X-Tollgate-Signature"))
        .isEqualTo("sha256=" + hmac(timestamp + "." + post.body()));
    assertThat(post.headers().get("content-type")).isEqualTo("application/json");
    assertThat(post.id()).isEqualTo("a1");
    eventually("delivered", 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void a_receiver_that_fails_for_a_while_gets_the_same_alert_again(int status) throws Exception {
    open(5);
    answer =
        request -> request.response().setStatusCode(received.size() < 3 ? status : 200).end("ok");

    raise(alert("a1"));

    eventually("delivered", 1);
    assertThat(received).hasSize(3).allMatch(post -> post.id().equals("a1"));
  }

  @Test
  void a_broken_connection_and_a_silent_receiver_are_tried_again() throws Exception {
    open(5, Duration.ofMillis(150));
    answer =
        request -> {
          switch (received.size()) {
            case 1 -> request.connection().close();
            case 2 -> {} // says nothing
            default -> request.response().end();
          }
        };

    raise(alert("a1"));

    eventually("delivered", 1);
    assertThat(received).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 410, 301})
  void a_receiver_that_does_not_want_it_is_not_asked_again(int status) throws Exception {
    open(5);
    answer =
        request ->
            request.response().setStatusCode(status).putHeader("location", "/elsewhere").end();

    raise(alert("a1"));
    eventually("failed", 1);
    answer = request -> request.response().end();
    raise(alert("a2"));
    eventually("delivered", 1);

    assertThat(received).extracting(Received::id).containsExactly("a1", "a2");
  }

  @Test
  void an_alert_is_given_up_after_its_last_attempt() throws Exception {
    open(3);
    answer = request -> request.response().setStatusCode(502).end();

    raise(alert("a1"));

    eventually("failed", 1);
    assertThat(received).hasSize(3);
  }

  @Test
  void an_alert_that_is_raised_again_is_posted_once() throws Exception {
    open(3);

    raise(alert("a1"));
    raise(alert("a1"));
    raise(alert("a2"));

    eventually("delivered", 2);
    assertThat(received).extracting(Received::id).containsExactlyInAnyOrder("a1", "a2");
  }

  @Test
  void the_oldest_alerts_are_dropped_and_counted_when_too_many_wait() throws Exception {
    open(1, Duration.ofSeconds(20));
    LinkedBlockingQueue<HttpServerRequest> open = new LinkedBlockingQueue<>();
    answer = open::add;

    on(
        () -> {
          IntStream.range(0, WebhookQueue.MOST_WAITING + 7)
              .forEach(i -> queue.raise(alert("a" + i)));
          return Future.succeededFuture();
        });
    // Four are being posted, so that three of those that wait have to go.
    eventually("dropped", 3);
    // Only those that the receiver has are answered by hand.
    List<HttpServerRequest> posted = new ArrayList<>();
    while (posted.size() < 4) {
      posted.add(Objects.requireNonNull(open.poll(20, TimeUnit.SECONDS), "a post"));
    }
    assertThat(meters.get("tollgate.webhook.waiting").gauge().value())
        .isEqualTo(WebhookQueue.MOST_WAITING + 4);

    answer = request -> request.response().end();
    posted.forEach(request -> request.response().end());

    eventually("delivered", WebhookQueue.MOST_WAITING + 4);
    assertThat(received)
        .extracting(Received::id)
        .contains("a0", "a3", "a7", "a1006")
        .doesNotContain("a4", "a5", "a6");
  }

  @Test
  void what_waits_is_posted_before_the_node_ends() throws Exception {
    open(5, Duration.ofSeconds(20), Duration.ofHours(1));
    answer = request -> request.response().setStatusCode(503).end();
    raise(alert("a1"));
    next();
    eventuallyPauses();
    answer = request -> request.response().end();

    on(() -> queue.close(Duration.ofSeconds(10)));

    assertThat(next().id()).isEqualTo("a1");
    assertThat(count("delivered")).isEqualTo(1);
  }

  @Test
  void a_receiver_that_never_answers_does_not_keep_the_node_from_ending() throws Exception {
    open(5, Duration.ofSeconds(20));
    answer = request -> {};
    raise(alert("a1"));
    next();

    on(() -> queue.close(Duration.ofMillis(50)));

    assertThat(count("delivered")).isZero();
  }

  @Test
  void a_node_with_the_admin_role_takes_alerts_over_the_bus() throws Exception {
    Wire.register(vertx);
    Directory directory = new Directory("node-1", InstantSource.system());
    String id = await(vertx.deployVerticle(new WebhookVerticle(directory, hook(3), meters)));
    BusClient bus = new BusClient(vertx.eventBus(), directory, meters);

    Acknowledged taken = on(() -> AlertBus.client(bus).raise(alert("a1")));

    assertThat(taken).isEqualTo(Acknowledged.YES);
    assertThat(next().id()).isEqualTo("a1");
    await(vertx.undeploy(id));
  }

  private void open(int attempts) throws Exception {
    open(attempts, Duration.ofSeconds(20));
  }

  private void open(int attempts, Duration timeout) throws Exception {
    open(attempts, timeout, PAUSE);
  }

  private void open(int attempts, Duration timeout, Duration pause) throws Exception {
    Webhook hook = new Webhook(hook(attempts).url(), SECRET, timeout, attempts);
    queue =
        on(
            () ->
                Future.succeededFuture(
                    new WebhookQueue(
                        vertx,
                        new WebhookClient(vertx, hook, InstantSource.system()),
                        attempts,
                        pause,
                        meters)));
  }

  private Webhook hook(int attempts) {
    URI url = URI.create("http://127.0.0.1:" + receiver.actualPort() + "/hook?team=ops");
    return new Webhook(url, SECRET, Duration.ofSeconds(20), attempts);
  }

  private void raise(Alert alert) throws Exception {
    on(() -> queue.raise(alert));
  }

  private static Alert alert(String id) {
    return new Alert(
        id,
        Alert.Kind.LIMIT,
        "r/limit_by_consumer/60s",
        "ann",
        80,
        85,
        100,
        "tokens",
        "60",
        false,
        "node-1",
        Instant.parse("2026-11-22T10:00:00Z").toEpochMilli());
  }

  private static String hmac(String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Received next() throws InterruptedException {
    Received post = received.poll(10, SECONDS);
    assertThat(post).as("a post").isNotNull();
    return post;
  }

  private double count(String outcome) {
    return meters.get("tollgate.webhook.alerts").tag("outcome", outcome).counter().count();
  }

  private void eventually(String outcome, double count) throws Exception {
    until(outcome + " " + count, () -> count(outcome) >= count);
    assertThat(count(outcome)).isEqualTo(count);
  }

  /** The answer to the first attempt has come to the queue, which waits for the next one. */
  private void eventuallyPauses() throws Exception {
    until("a pause", () -> on(() -> Future.succeededFuture(queue.isPausing())));
  }

  private static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + SECONDS.toNanos(10);
    Object pause = new Object();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("never came true: %s", what).isLessThan(end);
      synchronized (pause) {
        pause.wait(5);
      }
    }
  }

  private <T> T on(Callable<Future<T>> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.runOnContext(
        start -> {
          try {
            work.call().onComplete(result::complete, result::completeExceptionally);
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, SECONDS);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
  }
}
