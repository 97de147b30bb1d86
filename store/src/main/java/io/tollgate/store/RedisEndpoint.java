package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis listens and how to enter.
 *
 * @param uri {@code redis://host:port}, {@code rediss://host:port} or {@code unix:///path}
 * @param user null for Redis's default user
 * @param password null when it asks for none
 * @param database selected after connecting
 * @param timeout for one command, and for connecting
 */
public record RedisEndpoint(
    String uri, @Nullable String user, @Nullable String password, int database, Duration timeout) {

  public static RedisEndpoint of(StoreConfig.Standalone store) {
    String host = store.host().contains(":") ? '[' + store.host() + ']' : store.host();
    return new RedisEndpoint(
        (store.tls() ? "rediss://" : "redis://") + host + ':' + store.port(),
        store.user(),
        store.password(),
        store.database(),
        store.timeout());
  }

  @Override
  public String toString() {
    return uri + " database " + database;
  }
}
