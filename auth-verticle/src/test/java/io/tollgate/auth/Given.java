package io.tollgate.auth;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Consumers and routes to test with. */
final class Given {
  private Given() {}

  static ConsumerConfig consumer(String name, String... keys) {
    return new ConsumerConfig(name, Stream.of(keys).map(KeyHash::of).toList(), Map.of(), Map.of());
  }

  static RouteConfig route(String name, String... allow) {
    return route(name, new RouteAuth(List.of("x-api-key"), List.of(), List.of(allow)));
  }

  static RouteConfig openRoute(String name) {
    return route(name, (RouteAuth) null);
  }

  private static RouteConfig route(String name, RouteAuth auth) {
    return new RouteConfig(
        name,
        "/v1",
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        null,
        ClientDisconnect.CANCEL,
        auth,
        null,
        List.of(),
        null);
  }
}
