package io.tollgate.store;

import io.vertx.core.Future;

/** Says which server is the one to connect to. */
interface Locator {
  /** Fails with a {@link StoreFault}. Asked again before each connection, and now and then. */
  Future<RedisEndpoint> locate();

  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
