package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where one Redis listens and how to enter.
 *
 * @param uri {@code redis://host:port}, {@code rediss://host:port} or {@code unix:///path}
 * @param user null for Redis's default user
 * @param password null when it asks for none
 * @param database selected after connecting
 * @param timeout for one command, and for connecting
 */
public record RedisEndpoint(
    String uri, @Nullable String user, @Nullable String password, int database, Duration timeout)
    implements StoreAddress {

  static RedisEndpoint of(StoreConfig.Standalone store) {
    return new RedisEndpoint(
        uri(new StoreConfig.Server(store.host(), store.port()), store.tls()),
        store.user(),
        store.password(),
        store.database(),
        store.timeout());
  }

  static String uri(StoreConfig.Server server, boolean tls) {
    return (tls ? "rediss://" : "redis://") + server;
  }

  /** Another server, entered in the same way. */
  RedisEndpoint at(StoreConfig.Server server) {
    return new RedisEndpoint(
        uri(server, uri.startsWith("rediss:")), user, password, database, timeout);
  }

  @Override
  public String toString() {
    return uri + " database " + database;
  }
}
