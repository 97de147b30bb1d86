package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.encoding.Encoded;
import io.tollgate.proxy.relay.Recordings;
import io.tollgate.proxy.relay.Recordings.Recording;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EncodedAnswersTest {
  private static final String STREAM = "\"stream\":true,";
  private static final String ANSWER = RecordingProvider.ANSWER;

  private final Random random = new Random(7);
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit())),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void bills_every_answer_alike_and_passes_its_very_bytes_on() throws Exception {
    for (Recording recording : Recordings.all()) {
      for (Encoded encoded : Encoded.values()) {
        Buffer body = encoded.of(recording.text());
        gateway.provider.answer = request -> sendInPieces(request, recording, encoded, body);

        HttpResponse<byte[]> answer = ask(recording, "gzip, x-gzip, deflate, br", "");

        String what = recording + " " + encoded;
        assertThat(Buffer.buffer(answer.body())).as(what).isEqualTo(body);
        assertThat(answer.headers().firstValue("content-encoding").orElse(""))
            .as(what)
            .isEqualTo(encoded.header());
        UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
        assertThat(settled.usage()).as(what).isEqualTo(recording.metered().usage());
        assertThat(settled.estimated()).as(what).isFalse();
        assertThat(settled.outcome()).as(what).isEqualTo(Outcome.COMPLETED);
        gateway.services.quotaSettled.clear();
      }
    }
  }

  @Test
  void decodes_for_a_client_that_can_not_and_where_usage_is_hidden() throws Exception {
    for (Recording recording : Recordings.all()) {
      for (Encoded encoded : Encoded.values()) {
        Buffer body = encoded.of(recording.text());
        gateway.provider.answer = request -> sendInPieces(request, recording, encoded, body);

        HttpResponse<byte[]> answer = ask(recording, "zstd", STREAM);

        String what = recording + " " + encoded;
        String expected = recording.isStream() ? recording.withoutUsageEvents() : recording.text();
        assertThat(Buffer.buffer(answer.body()).toString()).as(what).isEqualTo(expected);
        assertThat(answer.headers().firstValue("content-encoding")).as(what).isEmpty();
        UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
        assertThat(settled.usage()).as(what).isEqualTo(recording.metered().usage());
        gateway.services.quotaSettled.clear();
      }
    }
  }

  @Test
  void passes_an_unknown_encoding_on_estimates_it_and_says_so() throws Exception {
    Buffer body = Buffer.buffer("(\u00b5/\u00fd whatever this is: " + ANSWER);
    answer("zstd", body);

    HttpResponse<byte[]> answer = ask("gzip", "");

    assertThat(Buffer.buffer(answer.body())).isEqualTo(body);
    assertThat(answer.headers().firstValue("content-encoding")).contains("zstd");
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(settled.usage().completionTokens()).isGreaterThan(18);
    assertThat(gateway.meters.counter("tollgate.answers.unread", "provider", "p").count())
        .isEqualTo(1);
  }

  @Test
  void marks_an_encoded_answer_that_ends_too_early_as_broken() throws Exception {
    Buffer whole = Encoded.GZIP.of(ANSWER);
    Buffer cut = whole.getBuffer(0, whole.length() / 2);
    answer("gzip", cut);

    HttpResponse<byte[]> answer = ask("gzip", "");

    assertThat(Buffer.buffer(answer.body())).isEqualTo(cut);
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_BROKEN);
    assertThat(settled.estimated()).isTrue();
  }

  @Test
  void breaks_off_for_a_client_that_can_not_see_that_itself() throws Exception {
    Buffer whole = Encoded.GZIP.of(ANSWER);
    answer("gzip", whole.getBuffer(0, whole.length() / 2));

    assertThatThrownBy(() -> ask("identity", "")).isInstanceOf(IOException.class);
    assertThat(Gateway.first(gateway.services.quotaSettled).outcome())
        .isEqualTo(Outcome.UPSTREAM_BROKEN);
  }

  @Test
  void tells_the_client_of_a_decoded_stream_that_it_broke_off() throws Exception {
    String events = "data: {\"choices\":[{\"delta\":{\"content\":\"one two\"}}]}\n\n".repeat(20);
    Buffer whole = Encoded.GZIP_FLUSHED.of(events);
    gateway.provider.answer =
        request ->
            request
                .response()
                .putHeader("content-type", "text/event-stream")
                .putHeader("content-encoding", "gzip")
                .end(whole.getBuffer(0, whole.length() - 30).appendString("garbage"));

    String answer = Buffer.buffer(ask("gzip", STREAM).body()).toString();

    assertThat(answer).contains("one two").contains("upstream_broken");
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.UPSTREAM_BROKEN);
    assertThat(settled.estimated()).isTrue();
  }

  @Test
  void does_not_mind_a_whole_answer_whose_encoding_has_no_end() throws Exception {
    Buffer whole = Encoded.GZIP.of(ANSWER);
    answer("gzip", whole.getBuffer(0, whole.length() - 8));

    assertThat(Buffer.buffer(ask("identity", "").body()).toString()).isEqualTo(ANSWER);
    UsageEvent settled = Gateway.first(gateway.services.quotaSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(settled.usage().billableTokens()).isEqualTo(18);
  }

  @Test
  void stops_reading_a_bomb_and_passes_it_on() throws Exception {
    Buffer bomb = Encoded.GZIP.of(" ".repeat(32 * 1024 * 1024) + ANSWER);
    answer("gzip", bomb);

    assertThat(Buffer.buffer(ask("gzip", "").body())).isEqualTo(bomb);
    assertThat(Gateway.first(gateway.services.quotaSettled).estimated()).isTrue();
  }

  private void answer(String encoding, Buffer body) {
    gateway.provider.answer =
        request ->
            request
                .response()
                .putHeader("content-type", "application/json")
                .putHeader("content-encoding", encoding)
                .end(body);
  }

  /** Writes it in up to four pieces, which the network may join again. */
  private void sendInPieces(
      HttpServerRequest request, Recording recording, Encoded encoded, Buffer body) {
    HttpServerResponse response = request.response().setChunked(true);
    response.putHeader("content-type", recording.contentType());
    if (encoded != Encoded.PLAIN) {
      response.putHeader("content-encoding", encoded.header());
    }
    int from = 0;
    for (int i = 0; i < 3; i++) {
      int to = from + random.nextInt(body.length() - from);
      if (to > from) {
        response.write(body.getBuffer(from, to));
      }
      from = to;
    }
    response.end(body.getBuffer(from, body.length()));
  }

  private HttpResponse<byte[]> ask(String accepted, String stream) throws Exception {
    return ask("/v1/chat/completions", accepted, stream);
  }

  private HttpResponse<byte[]> ask(Recording recording, String accepted, String stream)
      throws Exception {
    String path = recording.isEmbedding() ? "/v1/embeddings" : "/v1/chat/completions";
    return ask(path, accepted, stream);
  }

  private HttpResponse<byte[]> ask(String path, String accepted, String stream) throws Exception {
    HttpRequest request =
        gateway
            .post(path, "{\"model\":\"m\"," + stream + "\"messages\":[]}")
            .header("accept-encoding", accepted)
            .build();
    return gateway.http().send(request, HttpResponse.BodyHandlers.ofByteArray());
  }
}
