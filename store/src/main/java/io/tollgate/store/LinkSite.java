package io.tollgate.store;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Where a link is: what it has in common with the other links of its store.
 *
 * @param store the store's id
 * @param replaced to be told when another server answers than before
 */
record LinkSite(
    Vertx vertx,
    String store,
    Duration timeout,
    RedisMetrics metrics,
    StoreHealth health,
    Runnable replaced) {

  StoreFault fault(StoreFault.Kind kind, String reason) {
    return new StoreFault(kind, store, reason);
  }

  /** A fault as it is, and anything else as a reason why the store can't be reached. */
  StoreFault faultOf(Throwable failure) {
    return failure instanceof StoreFault fault
        ? fault
        : fault(StoreFault.Kind.UNREACHABLE, String.valueOf(failure.getMessage()));
  }

  StoreFault timedOut() {
    return fault(StoreFault.Kind.TIMED_OUT, "no answer within " + timeout.toMillis() + " ms");
  }
}
