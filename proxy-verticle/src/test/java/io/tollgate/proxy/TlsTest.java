package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Outcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlsTest {
  private static final String WORDS =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one two\"}}]}\n\n";

  private static SelfSignedCertificate certificate;
  private Gateway gateway;

  private record Reply(int status, HttpVersion version, String body) {}

  @BeforeAll
  static void certify() {
    certificate = SelfSignedCertificate.create();
  }

  @AfterAll
  static void forget() {
    certificate.delete();
  }

  @BeforeEach
  void start() throws Exception {
    gateway = start(Path.of(certificate.privateKeyPath()));
  }

  private Gateway start(Path key) throws Exception {
    TlsListen https = new TlsListen("127.0.0.1", 0, Path.of(certificate.certificatePath()), key);
    return Gateway.start(
        provider ->
            Given.config(
                List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                List.of(Given.with(route("chat", upstream("p")), null, Given.limit())),
                https));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void serves_http_2_over_tls() throws Exception {
    Reply reply = chat(HttpVersion.HTTP_2, Gateway.chat("m"));

    assertThat(reply).isEqualTo(new Reply(200, HttpVersion.HTTP_2, RecordingProvider.ANSWER));
    assertThat(gateway.provider.only().headers().names()).noneMatch(name -> name.startsWith(":"));
  }

  @Test
  void serves_http_1_over_tls() throws Exception {
    Reply reply = chat(HttpVersion.HTTP_1_1, Gateway.chat("m"));

    assertThat(reply).isEqualTo(new Reply(200, HttpVersion.HTTP_1_1, RecordingProvider.ANSWER));
  }

  @Test
  void streams_over_http_2() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .setChunked(true)
                .putHeader("content-type", "text/event-stream")
                .end(WORDS);

    assertThat(chat(HttpVersion.HTTP_2, Gateway.streamedChat("m")).body()).isEqualTo(WORDS);
  }

  @Test
  void ends_a_stream_of_http_2_where_its_rule_leaves_no_more() throws Exception {
    gateway.services.admission =
        request ->
            Future.succeededFuture(FakeServices.admitted(FakeServices.stopping(Count.OUTPUT, 1)));
    gateway.provider.answer =
        request ->
            request
                .response()
                .setChunked(true)
                .putHeader("content-type", "text/event-stream")
                .write(WORDS);

    for (int i = 0; i < 2; i++) {
      Reply reply = chat(HttpVersion.HTTP_2, Gateway.streamedChat("m"));

      assertThat(reply.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(reply.body())
          .startsWith(WORDS)
          .contains("\"finish_reason\":\"length\"")
          .endsWith("data: [DONE]\n\n");
      assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void stops_the_provider_when_a_stream_of_http_2_is_reset() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .setChunked(true)
                .putHeader("content-type", "text/event-stream")
                .write(WORDS);

    HttpClient client = open(HttpVersion.HTTP_2);
    client
        .request(options())
        .compose(request -> request.send(Gateway.streamedChat("m")))
        .onSuccess(response -> response.handler(piece -> response.request().reset(8)));

    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(Gateway.first(gateway.services.limiterSettled).outcome())
        .isEqualTo(Outcome.CLIENT_GONE);
    // A client that nobody refers to is closed when it is collected.
    Gateway.await(client.close());
  }

  @Test
  void refuses_a_body_that_is_too_large_over_http_2() throws Exception {
    Reply reply = chat(HttpVersion.HTTP_2, "x".repeat(Given.MAX_BODY_BYTES + 1));

    assertThat(reply.status()).isEqualTo(413);
  }

  @Test
  void does_not_start_with_a_key_that_cannot_be_read() {
    assertThatThrownBy(() -> start(Path.of("/no/such/key.pem")))
        .hasMessageContaining("the proxy can't listen on 127.0.0.1:0")
        .hasMessageContaining("/no/such/key.pem");
  }

  private Reply chat(HttpVersion version, String body) throws Exception {
    HttpClient client = open(version);
    return Gateway.await(
        client
            .request(options())
            .compose(request -> request.send(body))
            .compose(
                response ->
                    response
                        .body()
                        .map(Buffer::toString)
                        .map(text -> new Reply(response.statusCode(), response.version(), text)))
            .eventually(client::close));
  }

  private HttpClient open(HttpVersion version) {
    return gateway.vertx.createHttpClient(
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(version)
            .setVerifyHost(false)
            .setTrustOptions(certificate.trustOptions()));
  }

  private RequestOptions options() {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setHost("127.0.0.1")
        .setPort(gateway.tlsPort())
        .setURI("/v1/chat/completions")
        .putHeader("x-api-key", "ann-key")
        .putHeader("content-type", "application/json");
  }
}
