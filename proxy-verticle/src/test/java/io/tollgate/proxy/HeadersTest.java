package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.CallFacts;
import io.vertx.core.MultiMap;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeadersTest {
  private static final RouteConfig CHAT =
      Given.with(
          Given.withAuth(
              route("chat", upstream("p")),
              new RouteAuth(
                  List.of("x-team-key", "authorization"), List.of("apikey"), List.of("ann"))),
          null,
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_HEADER, "x-team-key"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_HEADER, "authorization"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_HEADER, "x-mse-consumer"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_HEADER, "x-higress-llm-model"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_HEADER, "x-tier"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_PARAM, "apikey"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_PARAM, "user"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_COOKIE, "session"),
          Given.limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_IP, "from-header-x-forwarded-for"));

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(CHAT),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void keeps_credentials_and_identity_from_the_provider_and_passes_the_rest() throws Exception {
    send(
        "/v1/chat/completions",
        "x-team-key",
        "ann-key",
        "authorization",
        "Bearer ann-key",
        "x-api-key",
        "another",
        "api-key",
        "another",
        "cookie",
        "session=1",
        "x-mse-consumer",
        "admin",
        "x-higress-llm-model",
        "other",
        "X-Higress-Anything",
        "1",
        "x-hi-original-auth",
        "Bearer ann-key",
        "te",
        "trailers",
        "keep-alive",
        "1",
        "proxy-authorization",
        "Basic x",
        "accept-encoding",
        "gzip",
        "openai-organization",
        "org",
        "x-stainless-lang",
        "java");

    MultiMap sent = gateway.provider.only().headers();
    assertThat(sent.names().stream().map(String::toLowerCase))
        .containsExactlyInAnyOrder(
            "host",
            "content-length",
            "content-type",
            "user-agent",
            "authorization",
            "accept-encoding",
            "openai-organization",
            "x-stainless-lang");
    assertThat(sent.getAll("authorization")).containsExactly("Bearer provider-token");
    assertThat(sent.getAll("accept-encoding")).containsExactly("identity");
    assertThat(sent.get("host")).isEqualTo(gateway.provider.baseUrl().getAuthority());
    assertThat(sent.get("openai-organization")).isEqualTo("org");
  }

  @Test
  void keeps_what_the_client_names_as_its_connections_own() throws Exception {
    String answer;
    try (RawClient client = new RawClient(gateway.port())) {
      client.write(
          """
          POST /v1/chat/completions HTTP/1.1\r
          host: x\r
          connection: close, x-mine\r
          x-mine: 1\r
          x-yours: 2\r
          x-team-key: ann-key\r
          content-length: 2\r
          \r
          {}""");
      answer = client.readUntil("}}");
    }

    assertThat(answer).startsWith("HTTP/1.1 200");
    MultiMap sent = gateway.provider.only().headers();
    assertThat(sent.contains("x-mine")).isFalse();
    assertThat(sent.get("x-yours")).isEqualTo("2");
  }

  @Test
  void passes_the_providers_headers_but_for_cookies_and_the_connections_own() throws Exception {
    gateway.provider.answer =
        request -> {
          request
              .response()
              .putHeader("openai-processing-ms", "5")
              .putHeader("set-cookie", "__cf_bm=1")
              .putHeader("x-request-id", "the provider's")
              .putHeader("connection", "x-hop")
              .putHeader("x-hop", "1")
              .putHeader("keep-alive", "timeout=5");
          RecordingProvider.answerJson(request);
        };

    HttpResponse<String> answer = send("/v1/chat/completions", "x-team-key", "ann-key");

    Map<String, List<String>> headers = answer.headers().map();
    assertThat(headers)
        .containsEntry("openai-processing-ms", List.of("5"))
        .doesNotContainKeys("set-cookie", "x-hop", "keep-alive");
    assertThat(headers.get("x-request-id")).hasSize(1).doesNotContain("the provider's");
  }

  @Test
  void takes_the_key_from_each_place_and_passes_on_the_rest_of_the_query() throws Exception {
    assertThat(send("/v1/chat/completions", "x-team-key", "ann-key").statusCode()).isEqualTo(200);
    assertThat(send("/v1/chat/completions", "authorization", "bearer  ann-key ").statusCode())
        .isEqualTo(200);
    assertThat(send("/v1/chat/completions", "authorization", "ann-key").statusCode())
        .isEqualTo(401);
    assertThat(send("/v1/chat/completions", "x-api-key", "ann-key").statusCode()).isEqualTo(401);
    assertThat(send("/v1/chat/completions?a=%20b&apikey=ann-key&c").statusCode()).isEqualTo(200);

    assertThat(gateway.provider.received.getLast().uri())
        .isEqualTo("/base/v1/chat/completions?a=%20b&c");
  }

  @Test
  void asks_for_the_consumer_by_hashes_in_the_routes_order() throws Exception {
    send("/v1/chat/completions?apikey=three", "authorization", "Bearer two", "x-team-key", "one");

    assertThat(gateway.services.identified.remove().keyHashes())
        .containsExactly(KeyHash.of("one"), KeyHash.of("two"), KeyHash.of("three"));
  }

  @Test
  void tells_the_limiter_what_its_rules_look_at_and_keys_only_as_hashes() throws Exception {
    send(
        "/v1/chat/completions?user=u%201&apikey=ann-key&other=x",
        "x-team-key",
        "ann-key",
        "authorization",
        "Bearer ann-key",
        "x-mse-consumer",
        "forged",
        "x-tier",
        "gold",
        "x-other",
        "1",
        "x-forwarded-for",
        "1.2.3.4",
        "cookie",
        "a=b; session=s=1; session=2");

    CallFacts facts = gateway.services.admitted.remove().facts();
    assertThat(facts)
        .isEqualTo(
            new CallFacts(
                Map.of(
                    "x-team-key", FactValue.hashOf("ann-key"),
                    "authorization", FactValue.hashOf("ann-key"),
                    "x-mse-consumer", FactValue.plain("ann"),
                    "x-higress-llm-model", FactValue.plain("m"),
                    "x-tier", FactValue.plain("gold"),
                    "x-forwarded-for", FactValue.plain("1.2.3.4")),
                Map.of("apikey", FactValue.hashOf("ann-key"), "user", FactValue.plain("u 1")),
                Map.of("session", FactValue.plain("s=1")),
                "127.0.0.1"));
  }

  private HttpResponse<String> send(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        gateway
            .request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Gateway.chat("m")));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return gateway.send(request);
  }
}
