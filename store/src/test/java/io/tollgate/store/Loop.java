package io.tollgate.store;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** An event loop, with what links need there. */
final class Loop implements AutoCloseable {
  static final String STORE = "node";

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** Which stores were said to be replaced, each time. */
  final List<String> replaced = Collections.synchronizedList(new ArrayList<>());

  private final Context loop = vertx.getOrCreateContext();
  private final List<RedisLink> links = new ArrayList<>();
  private Stores stores;

  RedisLink open(StoreAddress address) throws Exception {
    stores = new Stores(Map.of(STORE, address), meters);
    RedisLink link =
        on(
            () -> {
              RedisLink opened = stores.open(vertx, Set.of(STORE), replaced::add).to(STORE);
              return opened.firstAttempt().map(tried -> opened);
            });
    links.add(link);
    return link;
  }

  /** What is wrong with the store; empty when nothing is. */
  String fault() {
    return stores.faults().get(STORE);
  }

  LinkSite site(Duration timeout) {
    return new LinkSite(
        vertx,
        STORE,
        timeout,
        new RedisMetrics(STORE, meters),
        new StoreHealth(STORE),
        () -> replaced.add(STORE));
  }

  /** Does the work on the event loop and waits for its end. */
  <T> T on(Callable<Future<T>> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.runOnContext(
        start -> {
          try {
            work.call().onComplete(result::complete, result::completeExceptionally);
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, SECONDS);
  }

  /** Which fault the work ends with. */
  StoreFault faultOf(Callable<? extends Future<?>> work) throws Exception {
    try {
      on(() -> work.call().mapEmpty());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreFault fault) {
        return fault;
      }
      throw e;
    }
    throw new AssertionError("it did not fail");
  }

  double failures(StoreFault.Kind kind) {
    var counter =
        meters
            .find("tollgate.redis.failures")
            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public void close() throws Exception {
    for (RedisLink link : links) {
      on(link::close);
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }
}
