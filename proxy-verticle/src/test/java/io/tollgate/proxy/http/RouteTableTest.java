package io.tollgate.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.RouteConfig;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private static final RouteTable TABLE =
      new RouteTable(
          List.of(
              route("exact-host", "/v1", List.of("api.example.com"), Map.of(), List.of()),
              route("any-sub", "/v1", List.of("*.Example.org"), Map.of(), List.of()),
              route("any-end", "/v1", List.of("internal.*"), Map.of(), List.of()),
              route("beta", "/v1", List.of(), Map.of("x-stage", "beta"), List.of()),
              route("qwen", "/v1", List.of(), Map.of(), List.of("qwen-max", "qwen-plus*")),
              route("rest", "/v1", List.of(), Map.of(), List.of())));

  @Test
  void goes_by_host_without_regard_to_case() {
    assertThat(find("API.example.com", "", "m")).isEqualTo("exact-host");
    assertThat(find("a.example.ORG", "", "m")).isEqualTo("any-sub");
    assertThat(find("internal.net", "", "m")).isEqualTo("any-end");
    assertThat(find("example.net", "", "m")).isEqualTo("rest");
  }

  @Test
  void goes_by_header() {
    assertThat(find("", "beta", "m")).isEqualTo("beta");
    assertThat(find("", "Beta", "m")).isEqualTo("rest");
  }

  @Test
  void goes_by_model() {
    assertThat(find("", "", "qwen-max")).isEqualTo("qwen");
    assertThat(find("", "", "qwen-max-2")).isEqualTo("rest");
    assertThat(find("", "", "qwen-plus-2")).isEqualTo("qwen");
    assertThat(find("", "", null)).isEqualTo("rest");
  }

  @Test
  void tells_no_route_from_no_model() {
    RouteTable table =
        new RouteTable(List.of(route("qwen", "/v1", List.of(), Map.of(), List.of("qwen-*"))));

    assertThat(table.candidates(path("/v2"), "", headers("")).isEmpty()).isTrue();
    RouteTable.Candidates candidates = table.candidates(path("/v1/x"), "", headers(""));
    assertThat(candidates.isEmpty()).isFalse();
    assertThat(candidates.forModel("gpt")).isNull();
    assertThat(candidates.forModel(null)).isNull();
    assertThat(candidates.mayTake(null)).hasSize(1);
    assertThat(candidates.mayTake("gpt")).isEmpty();
  }

  private static String find(String host, String stage, String model) {
    return TABLE.candidates(path("/v1/x"), host, headers(stage)).forModel(model).name();
  }

  private static MultiMap headers(String stage) {
    return MultiMap.caseInsensitiveMultiMap().add("X-Stage", stage);
  }

  private static RequestPath path(String path) {
    return new RequestPath(path, path);
  }

  private static RouteConfig route(
      String name,
      String prefix,
      List<String> hosts,
      Map<String, String> headers,
      List<String> models) {
    return new RouteConfig(
        name,
        prefix,
        hosts,
        headers,
        models,
        List.of(),
        null,
        ClientDisconnect.CANCEL,
        null,
        null,
        List.of(),
        null);
  }
}
