package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code store} and {@code services}. */
final class StoreReader {
  private StoreReader() {}

  static StoreTable read(Value store, Value services) {
    return new StoreTable(node(store), services(services));
  }

  private static StoreConfig node(Value value) {
    try (Section store = Section.optional(value)) {
      Duration timeout =
          store
              .value("timeout")
              .duration(Duration.ofMillis(1), Duration.ofSeconds(10), Duration.ofSeconds(1));
      return RedisReader.read(store, "redis", timeout);
    }
  }

  private static Map<String, StoreConfig> services(Value value) {
    Map<String, StoreConfig> services = new LinkedHashMap<>();
    Names names = new Names();
    for (Value entry : value.list("a list of services with name and address", List.of())) {
      try (Section service = Section.required(entry, "a section with name and address")) {
        Value address = service.value("address");
        if (address.isAbsent()) {
          address.fault("embedded, or " + RedisAddress.ALLOWED);
        }
        services.put(
            names.define(service.value("name")),
            RedisReader.read(service, "address", Duration.ofMillis(1)));
      }
    }
    return services;
  }
}
