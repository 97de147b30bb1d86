package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.StoreConfig.Cluster;
import io.tollgate.contract.config.StoreConfig.Embedded;
import io.tollgate.contract.config.StoreConfig.Remote;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Every Redis that the configuration uses, each once. What names the same Redis in different ways
 * gets the same id, and the longest of the timeouts that were asked for.
 *
 * <p>An id comes from the Redis' address alone, so that it is the same on all nodes.
 */
final class StoreTable {
  private static final int DEFAULT_TIMEOUT_MILLIS = 1000;
  private static final int LONGEST_TIMEOUT_MILLIS = 10_000;
  private static final String NO_NAME = "(redis service name must not be empty)";

  private final Map<String, StoreConfig> services;
  private final Map<String, StoreConfig> stores = new LinkedHashMap<>();

  /**
   * @param services the {@code services} of the file by name, an embedded one standing for the
   *     node's own store
   */
  StoreTable(StoreConfig node, Map<String, StoreConfig> services) {
    this.services = services;
    stores.put(StoreConfig.NODE, node);
  }

  /** Every store that was asked for, by id. */
  Map<String, StoreConfig> stores() {
    return stores;
  }

  /** Reads the {@code redis} section of a plugin block and returns the id of the store it means. */
  String read(Value value) {
    if (value.isAbsent()) {
      return StoreConfig.NODE;
    }
    try (Section redis = Section.optional(value)) {
      StoreConfig service = service(redis.value("service_name"));
      redis.value("service_port").number(1, ListenReader.HIGHEST_PORT, 1);
      String user = redis.value("username").text("a user name", "");
      Value secret = redis.value("password");
      String password = secret.isAbsent() ? "" : secret.secret("a password");
      Duration timeout =
          Duration.ofMillis(
              redis.value("timeout").number(1, LONGEST_TIMEOUT_MILLIS, DEFAULT_TIMEOUT_MILLIS));
      int database = redis.value("database").number(0, RedisAddress.HIGHEST_DATABASE, -1);
      if (service instanceof Cluster && database > 0) {
        redis.faultAt("database", Integer.toString(database), "0, as the service is a cluster");
      }
      return switch (service) {
        case Embedded own -> own(redis, user, password, database, timeout);
        case Remote other ->
            add(
                redis,
                other.with(
                    user.isEmpty() ? other.user() : user,
                    password.isEmpty() ? other.password() : password,
                    database < 0 ? other.database() : database,
                    timeout));
      };
    }
  }

  private StoreConfig service(Value name) {
    String allowed = "the name of one of the services";
    if (name.isAbsent() || name.node().asText().isBlank()) {
      name.fault(name.found() + " " + NO_NAME, allowed);
      return new Embedded(Duration.ZERO);
    }
    StoreConfig service = services.get(Names.refer(name, "service", services.keySet()));
    return service == null ? new Embedded(Duration.ZERO) : service;
  }

  private String own(Section redis, String user, String password, int database, Duration timeout) {
    if (!user.isEmpty() || !password.isEmpty() || database >= 0) {
      redis.fault(
          "username, password or database for a service whose address is embedded",
          "service_name and timeout alone: the node's own store has its own of these");
    }
    stores.computeIfPresent(StoreConfig.NODE, (id, store) -> within(store, timeout));
    return StoreConfig.NODE;
  }

  private String add(Section redis, Remote wanted) {
    if (stores.get(StoreConfig.NODE) instanceof Remote node && isSame(node, wanted)) {
      checkEntry(redis, node, wanted);
      stores.put(StoreConfig.NODE, within(node, wanted.timeout()));
      return StoreConfig.NODE;
    }
    String id = (wanted.user() == null ? "" : wanted.user() + "@") + wanted.place();
    StoreConfig known = stores.get(id);
    if (known instanceof Remote other) {
      checkEntry(redis, other, wanted);
    }
    stores.put(id, within(known == null ? wanted : known, wanted.timeout()));
    return id;
  }

  private static void checkEntry(Section redis, Remote known, Remote wanted) {
    if (!known.with(wanted.timeout()).equals(wanted)) {
      redis.fault(
          "another password, or TLS on one side only, for a Redis that is used elsewhere",
          "the same for every use of " + wanted.place());
    }
  }

  private static boolean isSame(Remote one, Remote other) {
    return one.place().equals(other.place()) && Objects.equals(one.user(), other.user());
  }

  private static StoreConfig within(StoreConfig store, Duration timeout) {
    if (store.timeout().compareTo(timeout) >= 0) {
      return store;
    }
    return switch (store) {
      case Embedded own -> new Embedded(timeout);
      case Remote remote -> remote.with(timeout);
    };
  }
}
