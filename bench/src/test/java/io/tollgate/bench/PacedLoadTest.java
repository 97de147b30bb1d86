package io.tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.bench.Load.Measured;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedLoadTest {
  private static final Duration LENGTH = Duration.ofMillis(500);

  private final Vertx vertx = Vertx.vertx();
  private final PacedLoad load = new PacedLoad(100);

  @AfterEach
  void close() throws Exception {
    load.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void asks_at_its_rate_and_counts_what_is_answered() throws Exception {
    Measured measured =
        load.run(target(request -> request.response().end("{}")), Scenario.SHORT, LENGTH);

    assertThat(measured.requests()).isEqualTo(50);
    assertThat(measured.errors()).isZero();
    assertThat(measured.p50Micros()).isPositive();
  }

  @Test
  void an_answer_with_another_status_is_an_error() throws Exception {
    AtomicInteger count = new AtomicInteger();

    Measured measured =
        load.run(
            target(
                request ->
                    request
                        .response()
                        .setStatusCode(count.getAndIncrement() % 2 == 0 ? 200 : 429)
                        .end("{}")),
            Scenario.SHORT,
            LENGTH);

    assertThat(measured.requests()).isEqualTo(25);
    assertThat(measured.errors()).isEqualTo(25);
  }

  @Test
  void a_stream_counts_only_when_all_its_events_have_come() throws Exception {
    String whole = "data: {}\n\n".repeat(FixedProvider.CHUNKS) + "data: [DONE]\n\n";
    AtomicInteger count = new AtomicInteger();

    Measured measured =
        load.run(
            target(
                request ->
                    request
                        .response()
                        .end(count.getAndIncrement() == 0 ? whole.substring(10) : whole)),
            Scenario.STREAM,
            LENGTH);

    assertThat(measured.requests()).isEqualTo(49);
    assertThat(measured.errors()).isEqualTo(1);
  }

  private Target target(Handler<HttpServerRequest> handler) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(handler)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    return new Target("test", server.actualPort(), null, false);
  }
}
