package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.UpstreamConfig;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvidersTest {
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider -> {
              URI root = provider.baseUrl().resolve("/");
              return Given.config(
                  List.of(
                      provider("azure", ProviderType.AZURE, root),
                      provider("qwen", ProviderType.QWEN, provider.baseUrl()),
                      withTokens("turns", provider.baseUrl(), List.of("one", "two")),
                      withTokens("open", provider.baseUrl(), List.of())),
                  List.of(
                      Given.forModels(
                          route("azure", upstream("azure", Map.of("gpt-4o", "my deployment"))),
                          "gpt-4o",
                          "embed"),
                      Given.forModels(route("turns", upstream("turns")), "turns"),
                      Given.forModels(route("open", upstream("open")), "open"),
                      Given.forModels(
                          route(
                              "weighted",
                              new UpstreamConfig("turns", 0, Map.of()),
                              new UpstreamConfig("qwen", 1, Map.of("*", "a")),
                              new UpstreamConfig("open", 1, Map.of("*", "b"))),
                          "weighted"),
                      below("/team-a/v1"),
                      below("/plain")),
                  null);
            });
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private static RouteConfig below(String prefix) {
    RouteConfig route = route(prefix, upstream("qwen"));
    return new RouteConfig(
        prefix,
        prefix,
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        null,
        route.onDisconnect(),
        route.auth(),
        null,
        List.of(),
        null);
  }

  private static ProviderConfig withTokens(String name, URI baseUrl, List<String> tokens) {
    return new ProviderConfig(
        name,
        ProviderType.OPENAI,
        baseUrl,
        tokens,
        List.of(),
        null,
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        null);
  }

  @Test
  void asks_azure_for_the_deployment_with_the_version_and_its_own_header() throws Exception {
    gateway.send(gateway.post("/v1/chat/completions?x=1", Gateway.chat("gpt-4o")));

    RecordingProvider.Received sent = gateway.provider.only();
    assertThat(sent.uri())
        .isEqualTo(
            "/openai/deployments/my%20deployment/chat/completions?x=1&api-version=2024-10-21");
    assertThat(sent.headers().get("api-key")).isEqualTo("provider-token");
    assertThat(sent.headers().contains("authorization")).isFalse();
    assertThat(sent.body().toString()).contains("\"model\":\"my deployment\"");
  }

  @Test
  void asks_azure_for_embeddings_too() throws Exception {
    gateway.send(gateway.post("/v1/embeddings", "{\"model\":\"embed\",\"input\":\"x\"}"));

    assertThat(gateway.provider.only().uri())
        .isEqualTo("/openai/deployments/embed/embeddings?api-version=2024-10-21");
  }

  @Test
  void appends_what_follows_the_routes_root_to_the_providers_base() throws Exception {
    for (String path : List.of("/team-a/v1/chat/completions", "/plain/chat/completions")) {
      gateway.send(gateway.post(path, Gateway.chat("m")));

      assertThat(gateway.provider.received.getLast().uri()).isEqualTo("/base/v1/chat/completions");
    }
  }

  @Test
  void keeps_the_spelling_of_what_it_passes_through() throws Exception {
    gateway.send(gateway.request("/plain/files/a%2Fb%20c?q=%C3%A4").header("x-api-key", "ann-key"));

    assertThat(gateway.provider.only().uri()).isEqualTo("/base/v1/files/a%2Fb%20c?q=%C3%A4");
  }

  @Test
  void uses_a_providers_tokens_in_turn() throws Exception {
    for (int i = 0; i < 3; i++) {
      gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("turns")));
    }

    assertThat(gateway.provider.received.stream().map(sent -> sent.headers().get("authorization")))
        .containsExactly("Bearer one", "Bearer two", "Bearer one");
  }

  @Test
  void sends_no_credentials_to_an_open_provider() throws Exception {
    gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("open")));

    assertThat(gateway.provider.only().headers().contains("authorization")).isFalse();
  }

  @Test
  void chooses_by_weight_and_never_one_without() throws Exception {
    for (int i = 0; i < 40; i++) {
      gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("weighted")));
    }

    assertThat(
            gateway.provider.received.stream()
                .map(sent -> sent.body().toJsonObject().getString("model"))
                .distinct())
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void passes_any_method_through() throws Exception {
    for (String method : List.of("DELETE", "PUT", "PATCH", "GET")) {
      gateway.send(
          gateway
              .request("/plain/responses/r1")
              .header("x-api-key", "ann-key")
              .method(method, HttpRequest.BodyPublishers.noBody()));

      assertThat(gateway.provider.received.getLast().method()).isEqualTo(method);
    }
  }
}
