package io.tollgate.proxy.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Callable;

/** Work that would hold up an event loop. */
final class OffLoop {
  private OffLoop() {}

  /** Runs on a worker thread, beside other work; the result comes back on the caller's context. */
  static <T> Future<T> call(Vertx vertx, Callable<T> work) {
    return vertx.executeBlocking(work, false).map(result -> Objects.requireNonNull(result));
  }
}
