package io.tollgate.proxy.meter;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Where work is done that would hold up an event loop. */
public interface Workshop {
  /** On the caller's own thread. */
  Workshop HERE =
      new Workshop() {
        @Override
        public <T> Future<T> work(Callable<T> work) {
          try {
            return Future.succeededFuture(work.call());
          } catch (Exception e) {
            return Future.failedFuture(e);
          }
        }
      };

  /** The result comes back on the caller's context; a failure too, also when it takes too long. */
  <T> Future<T> work(Callable<T> work);

  /** On these threads, in any order. */
  static Workshop on(WorkerExecutor threads, long limitMillis) {
    return new Workshop() {
      @Override
      public <T> Future<T> work(Callable<T> work) {
        return threads
            .executeBlocking(work, false)
            .timeout(limitMillis, TimeUnit.MILLISECONDS)
            .map(result -> Objects.requireNonNull(result));
      }
    };
  }
}
