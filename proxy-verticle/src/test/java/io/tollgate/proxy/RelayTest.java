package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayTest {
  /**
   * Five for "user" and "who are you?", three for the message and three for the answer to begin.
   */
  private static final long PROMPT_TOKENS = 5 + 3 + 3;

  private static final String WORDS =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one two three\"}}]}\n\n";
  private static final String USAGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":11,"
          + "\"total_tokens\":18}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(
                        provider("p", ProviderType.OPENAI, provider.baseUrl()),
                        provider(
                            "nobody", ProviderType.OPENAI, URI.create("http://127.0.0.1:1/v1"))),
                    List.of(
                        Given.forModels(
                            Given.with(route("dead", upstream("nobody")), null, Given.limit()),
                            "dead"),
                        Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit())),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void hides_the_usage_chunk_from_a_client_that_did_not_ask_for_it() throws Exception {
    gateway.provider.answer = request -> stream(request).end(WORDS + USAGE + DONE);

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.body()).isEqualTo(WORDS + DONE);
    assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.usage().billableTokens()).isEqualTo(18);
    assertThat(settled.estimated()).isFalse();
  }

  @Test
  void drops_the_length_of_a_stream_that_becomes_shorter() throws Exception {
    gateway.provider.answer =
        request ->
            stream(request)
                .setChunked(false)
                .putHeader("content-length", Integer.toString((WORDS + USAGE + DONE).length()))
                .end(WORDS + USAGE + DONE);

    assertThat(streamedChat().body()).isEqualTo(WORDS + DONE);
  }

  @Test
  void leaves_the_usage_chunk_to_a_client_that_asked_for_it() throws Exception {
    gateway.provider.answer = request -> stream(request).end(WORDS + USAGE + DONE);

    HttpResponse<String> answer =
        gateway.send(
            gateway.post(
                "/v1/chat/completions",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"));

    assertThat(answer.body()).isEqualTo(WORDS + USAGE + DONE);
  }

  @Test
  void passes_each_chunk_on_before_the_next_one_comes() throws Exception {
    gateway.provider.answer = request -> stream(request).write(WORDS);

    try (RawClient client = new RawClient(gateway.port())) {
      client.write(rawChat());

      assertThat(client.readUntil("one two three")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void passes_the_head_on_before_the_body_comes() throws Exception {
    gateway.provider.answer = request -> stream(request).writeHead();

    try (RawClient client = new RawClient(gateway.port())) {
      client.write(rawChat());

      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void stops_the_provider_and_bills_what_was_seen_when_the_client_leaves() throws Exception {
    gateway.provider.answer = request -> stream(request).write(WORDS);
    try (RawClient client = new RawClient(gateway.port())) {
      client.write(rawChat());
      client.readUntil("one two three");
    }

    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.usage().promptTokens()).isPositive();
    assertThat(settled.usage().completionTokens()).isBetween(2L, 6L);
    Gateway.eventually("both are told", () -> gateway.services.quotaSettled.contains(settled));
  }

  @Test
  void stops_the_provider_when_the_client_leaves_before_the_answer() throws Exception {
    gateway.provider.answer = request -> {};
    try (RawClient client = new RawClient(gateway.port())) {
      client.write(rawChat());
      Gateway.eventually("the provider is asked", () -> !gateway.provider.received.isEmpty());
    }

    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(settled.usage().promptTokens()).isPositive();
    assertThat(settled.usage().completionTokens()).isZero();
  }

  @Test
  void ends_a_stream_that_breaks_off_with_an_error_event() throws Exception {
    gateway.provider.answer =
        request -> {
          HttpServerResponse response = stream(request);
          response.write(WORDS).onSuccess(sent -> request.connection().close());
        };

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.body()).startsWith(WORDS);
    String event = answer.body().substring(WORDS.length()).strip();
    assertThat(event).startsWith("data: ");
    assertThat(new JsonObject(event.substring(6)).getJsonObject("error").getString("code"))
        .isEqualTo("upstream_broken");
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_BROKEN);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.usage().completionTokens()).isPositive();
  }

  @Test
  void closes_the_connection_when_a_document_breaks_off() throws Exception {
    gateway.provider.answer =
        request -> {
          HttpServerResponse response = request.response();
          response.putHeader("content-type", "application/json").putHeader("content-length", "999");
          response.write("{\"choices\":[").onSuccess(sent -> request.connection().close());
        };

    assertThatThrownBy(() -> gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m"))))
        .isInstanceOf(IOException.class);
    assertThat(Gateway.first(gateway.services.limiterSettled).outcome())
        .isEqualTo(Outcome.UPSTREAM_BROKEN);
  }

  @Test
  void says_when_the_provider_breaks_off_before_it_answers() throws Exception {
    gateway.provider.answer = request -> request.connection().close();

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(code(answer)).isEqualTo("upstream_broken");
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.usage()).isEqualTo(TokenUsage.of(PROMPT_TOKENS, 0));
    assertThat(settled.estimated()).isTrue();
  }

  @Test
  void says_when_the_provider_does_not_answer_in_time() throws Exception {
    gateway.provider.answer = request -> {};

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(code(answer)).isEqualTo("upstream_timeout");
    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_UNREACHABLE);
    assertThat(settled.usage()).isEqualTo(TokenUsage.of(PROMPT_TOKENS, 0));
    assertThat(settled.estimated()).isTrue();
  }

  @Test
  void says_when_a_stream_falls_silent() throws Exception {
    gateway.provider.answer = request -> stream(request).write(WORDS);

    HttpResponse<String> answer = streamedChat();

    assertThat(answer.body()).startsWith(WORDS).contains("upstream_broken");
    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void says_when_the_provider_cannot_be_reached() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("dead")));

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(code(answer)).isEqualTo("upstream_unreachable");
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_UNREACHABLE);
    assertThat(settled.provider()).isEqualTo("nobody");
  }

  @Test
  void reads_from_the_provider_no_faster_than_the_client_does() throws Exception {
    Buffer piece = Buffer.buffer(("data: " + "x".repeat(65_500) + "\n\n").getBytes());
    int pieces = 800;
    AtomicLong sent = new AtomicLong();
    gateway.provider.answer = request -> pour(stream(request), piece, pieces, sent);

    try (RawClient client = new RawClient(gateway.port())) {
      client.write(rawChat());
      client.readUntil("data: ");
      long stuckAt = settled(sent);

      assertThat(stuckAt).isLessThan(pieces);
      client.readUntil("data: [DONE]");
      assertThat(sent).hasValue(pieces);
    }
  }

  /** Writes until the other side takes no more, then goes on when it does. */
  private static void pour(HttpServerResponse to, Buffer piece, int pieces, AtomicLong sent) {
    while (sent.get() < pieces && !to.writeQueueFull()) {
      to.write(piece);
      sent.incrementAndGet();
    }
    if (sent.get() < pieces) {
      to.drainHandler(drained -> pour(to, piece, pieces, sent));
    } else {
      to.end(DONE);
    }
  }

  /** The count at which nothing has moved for a while. */
  private static long settled(AtomicLong count) throws InterruptedException {
    long[] last = {-1, 0};
    Gateway.eventually(
        "it comes to rest",
        () -> {
          long now = count.get();
          last[1] = now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] == 100;
        });
    return last[0];
  }

  private HttpResponse<String> streamedChat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.streamedChat("m")));
  }

  private static String rawChat() {
    String body = Gateway.streamedChat("m");
    return "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-api-key: ann-key\r\n"
        + "content-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static HttpServerResponse stream(HttpServerRequest request) {
    return request.response().setChunked(true).putHeader("content-type", "text/event-stream");
  }

  private static String code(HttpResponse<String> answer) {
    return new JsonObject(answer.body()).getJsonObject("error").getString("code");
  }
}
