package io.tollgate.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.tokens.Estimate;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitServiceTest {
  private final Vertx vertx = Vertx.vertx();

  /** What was answered, and where that was heard. */
  private record Heard(Verdict verdict, Context on) {}

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void when_a_service_says_nothing_in_time_the_request_goes_on_where_it_was() throws Exception {
    LimitService services = new LimitService(vertx);
    Context loop = vertx.getOrCreateContext();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Heard> heard = new CompletableFuture<>();
      loop.runOnContext(
          start ->
              services
                  .ask(question(silent.getLocalPort()))
                  .onSuccess(
                      verdict -> heard.complete(new Heard(verdict, Vertx.currentContext()))));

      assertThat(heard.get(10, TimeUnit.SECONDS))
          .isEqualTo(new Heard(new Verdict.Broken("no answer within 50 ms"), loop));
    }
  }

  private static Question question(int port) {
    LimitServiceConfig service =
        new LimitServiceConfig(
            List.of(),
            List.of(),
            URI.create("http://127.0.0.1:" + port),
            Duration.ofMillis(50),
            true,
            429,
            null);
    return new Question(service, "chat", "request-1", List.of("user"), new Estimate(1, 1));
  }
}
