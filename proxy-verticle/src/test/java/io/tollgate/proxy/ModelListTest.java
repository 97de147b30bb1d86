package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelListTest {
  private static final RouteAuth BOB =
      new RouteAuth(List.of("x-api-key"), List.of(), List.of("bob"));

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(
                        provider("p", ProviderType.OPENAI, provider.baseUrl()),
                        provider("dead", ProviderType.OPENAI, URI.create("http://127.0.0.1:1/v1"))),
                    routes(),
                    null));
    gateway.provider.answer =
        request ->
            request
                .response()
                .end("{\"object\":\"list\",\"data\":[{\"id\":\"theirs\"},{\"id\":\"exact\"}]}");
  }

  private static List<RouteConfig> routes() {
    return List.of(
        Given.forModels(
            route("some", upstream("p", Map.of("qwen-1", "x", "other", "y"))), "exact", "qwen-*"),
        route("any", upstream("p", Map.of("mapped", "x", "gpt-*", "y")), upstream("dead")),
        Given.withAuth(Given.forModels(route("for-bob", upstream("p")), "bobs"), BOB));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void lists_what_the_caller_may_ask_for_with_what_the_provider_lists() throws Exception {
    HttpResponse<String> answer = list("ann-key");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(names(answer)).containsExactly("exact", "mapped", "qwen-1", "theirs");
    assertThat(gateway.provider.only().uri()).isEqualTo("/base/v1/models");
    assertThat(gateway.provider.only().headers().get("authorization"))
        .isEqualTo("Bearer provider-token");
    assertThat(
            gateway
                .meters
                .get("tollgate.model.list.failures")
                .tag("provider", "dead")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void asks_the_provider_once_a_minute_at_most() throws Exception {
    list("ann-key");
    list("ann-key");

    assertThat(gateway.provider.received).hasSize(1);
  }

  @Test
  void lists_for_a_consumer_of_a_later_route_that_ones_models() throws Exception {
    assertThat(names(list("bob-key"))).containsExactly("bobs");
  }

  @Test
  void lists_nothing_for_strangers() throws Exception {
    assertThat(list("unknown").statusCode()).isEqualTo(401);
  }

  @Test
  void does_without_a_list_that_cannot_be_read() throws Exception {
    gateway.provider.answer = request -> request.response().end("<html>");

    assertThat(names(list("ann-key"))).containsExactly("exact", "mapped", "qwen-1");
  }

  private HttpResponse<String> list(String key) throws Exception {
    return gateway.send(gateway.request("/v1/models").header("x-api-key", key));
  }

  private static Stream<String> names(HttpResponse<String> answer) {
    JsonObject body = new JsonObject(answer.body());
    assertThat(body.getString("object")).isEqualTo("list");
    JsonArray data = body.getJsonArray("data");
    return data.stream().map(model -> ((JsonObject) model).getString("id"));
  }
}
