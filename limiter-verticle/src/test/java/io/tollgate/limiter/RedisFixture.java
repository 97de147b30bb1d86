package io.tollgate.limiter;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.RedisEndpoint;
import io.tollgate.store.RedisLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A real Redis, an event loop, and a link between them. */
final class RedisFixture implements AutoCloseable {
  final MeterRegistry meters = new SimpleMeterRegistry();
  final Vertx vertx = Vertx.vertx();
  final RedisLink link;
  private final EmbeddedRedis redis;
  private final Context loop = vertx.getOrCreateContext();

  private RedisFixture(EmbeddedRedis redis) throws Exception {
    this.redis = redis;
    this.link =
        on(
            () -> {
              RedisLink opened = RedisLink.open(vertx, "node", redis.endpoint(), meters);
              return opened.firstAttempt().map(tried -> opened);
            });
  }

  static RedisFixture start(Path directory) throws Exception {
    return new RedisFixture(EmbeddedRedis.start(directory, Duration.ofSeconds(5)));
  }

  RedisEndpoint endpoint() {
    return redis.endpoint();
  }

  long redisPid() {
    return redis.pid().orElseThrow();
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

  @Nullable Response send(Command command, String... args) throws Exception {
    return on(() -> link.send(command, args));
  }

  @Nullable String get(String key) throws Exception {
    Response value = send(Command.GET, key);
    return value == null ? null : value.toString();
  }

  long millisToLive(String key) throws Exception {
    return send(Command.PTTL, key).toLong();
  }

  @Override
  public void close() throws Exception {
    on(link::close);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    redis.close();
  }
}
