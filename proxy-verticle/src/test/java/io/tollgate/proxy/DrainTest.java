package io.tollgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.proxy.SimulatedProvider.Books;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is billed to a client that leaves before the end of its answer. */
class DrainTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final DemoConfig PACED = new DemoConfig(Duration.ZERO, Duration.ofMillis(4));
  private static final DemoConfig LATE = new DemoConfig(Duration.ofSeconds(1), Duration.ZERO);

  @Test
  void bills_exactly_what_it_reads_on_for_nobody() throws Exception {
    try (SimulatedProvider provider = drained(PACED, LONG, 1_000_000)) {
      Books books = provider.readAndLeave(stream(provider, 80), 5);

      assertThat(books.made().whole()).isTrue();
      assertThat(books.made().toldUsage()).isTrue();
      assertExact(books);
    }
  }

  @Test
  void reads_on_for_a_client_that_leaves_before_the_answer_begins() throws Exception {
    try (SimulatedProvider provider = drained(LATE, LONG, 1_000_000)) {
      for (boolean stream : List.of(true, false)) {
        leaveBeforeTheAnswer(provider, stream);

        assertExact(provider.books());
      }
    }
  }

  @Test
  void keeps_the_holds_of_an_answer_that_nobody_sees() throws Exception {
    try (SimulatedProvider provider = drained(PACED, LONG, 1_000_000)) {
      provider.leave(stream(provider, 800), 5);
      List<Renewal> renewed = provider.gateway.services.limiterRenewed;
      renewed.clear();
      Gateway.eventually("it is renewed", () -> !renewed.isEmpty());

      assertExact(provider.books());
    }
  }

  @Test
  void gives_up_when_it_takes_too_long() throws Exception {
    try (SimulatedProvider provider = drained(PACED, Duration.ofMillis(200), 1_000_000)) {
      assertEstimated(provider.readAndLeave(stream(provider, 5000), 5));
    }
  }

  @Test
  void gives_up_when_it_is_too_much() throws Exception {
    try (SimulatedProvider provider = drained(PACED, LONG, 10_000)) {
      Books books = provider.readAndLeave(stream(provider, 5000), 5);

      assertEstimated(books);
      assertThat(books.made().completionTokens()).isBetween(30, 200);
    }
  }

  @Test
  void cancels_when_the_route_does_not_say_otherwise() throws Exception {
    try (SimulatedProvider provider = SimulatedProvider.start(PACED, ClientDisconnect.CANCEL)) {
      Books books = provider.readAndLeave(stream(provider, 5000), 20);

      assertEstimated(books);
      assertThat(books.made().completionTokens()).isLessThan(1000);
    }
  }

  @Test
  void bills_the_prompt_to_a_client_that_leaves_before_the_answer_begins() throws Exception {
    try (SimulatedProvider provider = SimulatedProvider.start(LATE, ClientDisconnect.CANCEL)) {
      leaveBeforeTheAnswer(provider, true);
      Books books = provider.books();

      assertThat(books.billed().estimated()).isTrue();
      assertThat(books.billed().outcome()).isEqualTo(Outcome.CLIENT_GONE);
      assertThat(books.billed().usage().promptTokens()).isEqualTo(books.made().promptTokens());
      assertThat(books.billed().usage().completionTokens()).isZero();
    }
  }

  @Test
  void finishes_before_it_stops() throws Exception {
    try (SimulatedProvider provider = drained(PACED, LONG, 1_000_000)) {
      provider.leave(stream(provider, 100), 5);
      provider.gateway.undeploy();

      assertThat(provider.gateway.services.limiterSettled).hasSize(1);
      assertExact(provider.books());
    }
  }

  @Test
  void is_cut_and_settled_when_stopping_takes_too_long() throws Exception {
    try (SimulatedProvider provider = drained(PACED, LONG, 1_000_000_000)) {
      provider.leave(stream(provider, 10_000), 5);
      provider.gateway.undeploy();

      assertThat(provider.gateway.services.limiterSettled).hasSize(1);
      assertEstimated(provider.books());
    }
  }

  private static SimulatedProvider drained(DemoConfig pace, Duration time, long bytes)
      throws Exception {
    return SimulatedProvider.start(pace, new ClientDisconnect.Drain(time, bytes));
  }

  private static HttpRequest.Builder stream(SimulatedProvider provider, int tokens) {
    return provider.chat("gpt-4o", "who are you?", true, tokens, null);
  }

  private static void leaveBeforeTheAnswer(SimulatedProvider provider, boolean stream)
      throws Exception {
    HttpRequest request = provider.chat("gpt-4o", "who are you?", stream, 50, null).build();
    long before = provider.promptsRead();
    CompletableFuture<?> answer =
        provider.gateway.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    Gateway.eventually("the prompt is read", () -> provider.promptsRead() > before);

    assertThat(answer.cancel(true)).as("it waits for the answer").isTrue();
  }

  private static void assertExact(Books books) {
    assertThat(books.billed().outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(books.billed().estimated()).isFalse();
    assertThat(books.billedTokens()).isEqualTo(books.madeTokens());
  }

  /** Tokens may be on their way when the provider is told to stop, on a busy machine quite some. */
  private static void assertEstimated(Books books) {
    assertThat(books.billed().outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(books.billed().estimated()).isTrue();
    assertThat(books.made().whole()).isFalse();
    assertThat(Math.abs(books.billedTokens() - books.madeTokens()))
        .isLessThanOrEqualTo(Math.max(25, books.madeTokens() / 20));
  }
}
