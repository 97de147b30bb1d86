package io.tollgate.store;

import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;

/** An endpoint in the client library's terms. */
final class RedisClientOptions {
  /** Commands that may wait for their answers on one connection; more fail at once. */
  private static final int MAX_WAITING = 4096;

  /** A script's answer is a list of lists. */
  private static final int MAX_NESTED_ARRAYS = 8;

  private RedisClientOptions() {}

  static RedisOptions of(RedisEndpoint endpoint) {
    int timeoutMillis = Math.toIntExact(endpoint.timeout().toMillis());
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(
                endpoint.database() == 0
                    ? endpoint.uri()
                    : endpoint.uri() + "/" + endpoint.database())
            .setMaxPoolSize(1)
            // The one connection is ours until it breaks; its successor must not wait for it.
            .setMaxPoolWaiting(2)
            .setMaxWaitingHandlers(MAX_WAITING)
            .setMaxNestedArrays(MAX_NESTED_ARRAYS)
            .setNetClientOptions(
                new NetClientOptions()
                    .setTcpNoDelay(true)
                    .setTcpKeepAlive(true)
                    .setHostnameVerificationAlgorithm("HTTPS")
                    .setConnectTimeout(timeoutMillis));
    if (endpoint.user() != null) {
      options.setUser(endpoint.user());
    }
    if (endpoint.password() != null) {
      options.setPassword(endpoint.password());
    }
    return options;
  }
}
