package io.tollgate.limiter;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.RedisEndpoint;
import io.tollgate.store.RedisLink;
import io.tollgate.store.StoreAddress;
import io.tollgate.store.TestCluster;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A real Redis, an event loop, and a link between them. */
final class RedisFixture implements AutoCloseable {
  /** Where things are in the state of a counter; see {@code counter.lua}. */
  private static final int WINDOW_END = 1;

  private static final int HELD = 2;
  private static final int EARLIEST_EXPIRY = 4;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  final MeterRegistry meters = new SimpleMeterRegistry();
  final Vertx vertx = Vertx.vertx();
  final RedisLink link;
  private final StoreAddress address;
  private final Runnable stop;
  private final @Nullable EmbeddedRedis redis;
  private final Context loop = vertx.getOrCreateContext();

  private RedisFixture(StoreAddress address, Runnable stop, @Nullable EmbeddedRedis redis)
      throws Exception {
    this.address = address;
    this.stop = stop;
    this.redis = redis;
    this.link = anotherLink();
  }

  /** As another node has it. */
  RedisLink anotherLink() throws Exception {
    return on(
        () -> {
          RedisLink opened = RedisLink.open(vertx, "node", address, meters);
          return opened.firstAttempt().map(tried -> opened);
        });
  }

  static RedisFixture start(Path directory) throws Exception {
    EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT);
    return new RedisFixture(redis.endpoint(), redis::close, redis);
  }

  /** A Redis Cluster instead. */
  static RedisFixture startCluster(Path directory, int masters) throws Exception {
    TestCluster cluster = TestCluster.start(directory, masters, false);
    return new RedisFixture(cluster.address(TIMEOUT), cluster::close, null);
  }

  StoreAddress address() {
    return address;
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

  /** Does the work on the event loop, some time. */
  void onLoop(Callable<Future<?>> work) {
    loop.runOnContext(
        start -> {
          try {
            work.call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
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

  /** The sum of what is held on a counter, {@code null} while nothing was written of it. */
  @Nullable Long held(String counter) throws Exception {
    Response state = send(Command.HGET, holdsOf(counter), "state");
    return state == null ? null : heldIn(state.toString());
  }

  static long heldIn(String state) {
    return Long.parseLong(state.split(" ")[HELD]);
  }

  /** One command with each of these arguments; {@code null} where there is no answer. */
  List<String> sendEach(Command command, Collection<List<String>> arguments) throws Exception {
    return on(
        () ->
            Future.all(
                    arguments.stream()
                        .map(args -> link.send(command, args.toArray(String[]::new)))
                        .map(answer -> answer.map(text -> text == null ? null : text.toString()))
                        .toList())
                .map(CompositeFuture::list));
  }

  /** What a counter knows of a request that it has not settled. */
  @Nullable String hold(String counter, String requestId) throws Exception {
    Response hold = send(Command.HGET, holdsOf(counter), "hold:" + requestId);
    return hold == null ? null : hold.toString();
  }

  /** As if the request's node had been gone for longer than a lease. */
  void leaseRunsOut(String counter, String requestId) throws Exception {
    leaseRunsOut(counter, requestId, "");
  }

  /**
   * As if what is known of a request had run out.
   *
   * @param state of the hold that is meant; empty for any
   * @return whether there is such a hold
   */
  boolean leaseRunsOut(String counter, String requestId, String state) throws Exception {
    String hold = hold(counter, requestId);
    if (hold == null || !hold.startsWith(state)) {
      return false;
    }
    String over = hold.substring(0, hold.lastIndexOf(' ')) + " 1";
    send(Command.HSET, holdsOf(counter), "hold:" + requestId, over);
    timePasses(counter);
    return true;
  }

  /** As if so much time had passed that some lease may have run out. */
  void timePasses(String counter) throws Exception {
    changeState(counter, EARLIEST_EXPIRY, "1");
  }

  void deleteAll(String pattern) throws Exception {
    for (Response key : send(Command.KEYS, pattern)) {
      send(Command.DEL, key.toString());
    }
  }

  /** Waits until Redis's clock has gone on. */
  void nextMillisecond() throws Exception {
    long now = millis();
    while (millis() == now) {
      Thread.onSpinWait();
    }
  }

  private long millis() throws Exception {
    Response time = send(Command.TIME);
    return time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000;
  }

  /** As if the counter's window had been over for long. */
  void windowEnded(String counter) throws Exception {
    changeState(counter, WINDOW_END, "1");
  }

  private void changeState(String counter, int place, String value) throws Exception {
    String[] state = send(Command.HGET, holdsOf(counter), "state").toString().split(" ");
    state[place] = value;
    send(Command.HSET, holdsOf(counter), "state", String.join(" ", state));
  }

  static String holdsOf(String counter) {
    return '{' + counter + "}:holds";
  }

  @Override
  public void close() throws Exception {
    on(link::close);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    stop.run();
  }
}
