package io.tollgate.bench.limits;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.reader.ConfigReader;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.contract.wire.Wire;
import io.tollgate.limiter.LimiterSetup;
import io.tollgate.limiter.LimiterVerticle;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The limiter as a node runs it, with one event loop and a Redis of its own, and one rule set. */
final class LimiterRig implements AutoCloseable {
  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EmbeddedRedis redis;
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final LimiterService limiter;
  private final Links links;

  private LimiterRig(EmbeddedRedis redis, String rules) throws IOException {
    this.redis = redis;
    MeterRegistry meters = new SimpleMeterRegistry();
    Wire.register(vertx);
    Directory nodes = new Directory("bench", InstantSource.system());
    Stores stores = new Stores(Map.of(StoreConfig.NODE, redis.endpoint()), meters);
    AlertWatch alerts =
        new AlertWatch(new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), meters));
    LimiterSetup setup = LimiterSetup.of(LiveConfig.of(config(rules).config()), meters, alerts);
    this.limiter = LimiterBus.client(new BusClient(vertx.eventBus(), nodes, meters), STORE_TIMEOUT);
    this.links =
        on(
            () ->
                vertx
                    .deployVerticle(new LimiterVerticle(nodes, stores, setup))
                    .map(deployed -> stores.open(vertx, stores.ids())));
    on(links::firstAttempts);
  }

  /**
   * @param rules the route's {@code ai-token-ratelimit}, as JSON
   */
  static LimiterRig start(Path dir, String rules) throws IOException {
    EmbeddedRedis redis = EmbeddedRedis.start(dir, STORE_TIMEOUT);
    try {
      return new LimiterRig(redis, rules);
    } catch (IOException | RuntimeException e) {
      redis.close();
      throw e;
    }
  }

  private static ConfigResult.Valid config(String rules) throws IOException {
    String text =
        """
        {"admin": {"token": "bench-admin-token"},
         "providers": [{"name": "none", "type": "openai", "base_url": "http://127.0.0.1:9/v1"}],
         "consumers": [{"name": "bench", "keys": ["bench-key-1"]}],
         "routes": [{"name": "bench", "path_prefix": "/v1", "upstreams": [{"provider": "none"}],
                     "auth": {"allow": ["bench"]}, "ai-token-ratelimit": %s}]}
        """
            .formatted(rules);
    return switch (ConfigReader.read(JSON.readTree(text), Map.of())) {
      case ConfigResult.Valid valid -> valid;
      case ConfigResult.Invalid invalid -> throw new IOException(invalid.toString());
    };
  }

  Vertx vertx() {
    return vertx;
  }

  Future<Admission> admit(String id, long tokens) {
    return limiter.admit(
        new AdmitRequest(
            id,
            "bench",
            "bench",
            Map.of(),
            "m",
            null,
            0,
            new CallFacts(Map.of(), Map.of(), Map.of(), "127.0.0.1"),
            new Estimate(tokens, 0)));
  }

  Future<Acknowledged> settle(String id, long tokens, List<LimitHold> holds) {
    return limiter.settle(
        new UsageEvent(
            id,
            System.currentTimeMillis(),
            "bench",
            "bench",
            "m",
            null,
            TokenUsage.of(tokens, 0),
            false,
            Outcome.COMPLETED,
            holds,
            List.of()));
  }

  /** Does the work on the event loop and waits for its end. */
  <T> T on(Callable<Future<T>> work) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.runOnContext(
        start -> {
          try {
            work.call().onComplete(result::complete, result::completeExceptionally);
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return result.get(5, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the limiter failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  String redis(Command command, String... args) throws IOException {
    return String.valueOf(on(() -> links.to(StoreConfig.NODE).send(command, args)));
  }

  /** CPU time so far of this process and of its Redis. */
  Duration cpu() {
    Duration ours = cpu(ProcessHandle.current());
    return redis.pid().flatMap(ProcessHandle::of).map(LimiterRig::cpu).map(ours::plus).orElse(ours);
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws IOException {
    try {
      on(links::close);
      vertx.close().await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("the limiter does not end", e);
    } finally {
      redis.close();
    }
  }
}
