package io.tollgate.bench.accuracy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads balances, counters and holds from Redis itself. Blocks; from any thread but a Vert.x one.
 */
final class BookKeeper implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int AT_ONCE = 500;

  private final Vertx vertx;
  private final Supplier<RedisOptions> server;
  private volatile Redis redis;

  /**
   * @param server where it is at this moment
   */
  BookKeeper(Supplier<RedisOptions> server) {
    this.vertx = Vertx.vertx();
    this.server = server;
    this.redis = connected();
  }

  private Redis connected() {
    return Redis.createClient(vertx, server.get().setMaxPoolWaiting(2 * AT_ONCE).setMaxPoolSize(4));
  }

  /** Gives every consumer the same balance. */
  void fill(Collection<String> consumers, Function<String, Long> tokens) throws IOException {
    all(
        consumers,
        consumer ->
            Request.cmd(Command.SET)
                .arg(GatewayConfig.balance(consumer))
                .arg(Long.toString(tokens.apply(consumer))));
  }

  /**
   * What the integers say; of those that there are.
   *
   * @param keyOf the Redis key of a name
   */
  Map<String, Long> integers(Collection<String> names, Function<String, String> keyOf)
      throws IOException {
    Map<String, Long> read = new HashMap<>();
    all(names, name -> Request.cmd(Command.GET).arg(keyOf.apply(name)))
        .forEach(
            (name, answer) -> {
              if (answer != null) {
                read.put(name, number(answer));
              }
            });
    return read;
  }

  /** A counter and how long its window still lasts. */
  Window.Sample window(String counter) throws IOException {
    Future<@Nullable Response> used = redis.send(Request.cmd(Command.GET).arg(counter));
    Future<@Nullable Response> left = redis.send(Request.cmd(Command.PTTL).arg(counter));
    Response value = await(used);
    Response millis = await(left);
    return new Window.Sample(System.currentTimeMillis(), number(value), number(millis));
  }

  private static long number(@Nullable Response answer) {
    return answer == null ? 0 : Long.parseLong(answer.toString());
  }

  /** The sum of what is held on a counter. */
  long held(String counter) throws IOException {
    Response state =
        await(redis.send(Request.cmd(Command.HGET).arg(GatewayConfig.holds(counter)).arg("state")));
    return state == null ? 0 : Long.parseLong(state.toString().split(" ", 4)[2]);
  }

  /** The requests that hold tokens on a counter or balance. */
  Set<String> holding(String key) throws IOException {
    return holders(await(redis.send(Request.cmd(Command.HGETALL).arg(GatewayConfig.holds(key)))));
  }

  /** How many holds there are on all of these keys. */
  int holds(Collection<String> keys) throws IOException {
    int sum = 0;
    for (Response answer :
        all(keys, key -> Request.cmd(Command.HGETALL).arg(GatewayConfig.holds(key))).values()) {
      sum += holders(answer).size();
    }
    return sum;
  }

  private static Set<String> holders(@Nullable Response hash) {
    Set<String> holders = new HashSet<>();
    if (hash != null) {
      for (String field : hash.getKeys()) {
        Response hold = hash.get(field);
        if (field.startsWith("hold:") && hold != null && !hold.toString().startsWith("billed")) {
          holders.add(field.substring("hold:".length()));
        }
      }
    }
    return holders;
  }

  private Map<String, @Nullable Response> all(
      Collection<String> names, Function<String, Request> request) throws IOException {
    Map<String, @Nullable Response> answers = new HashMap<>();
    List<String> rest = new ArrayList<>(names);
    for (int from = 0; from < rest.size(); from += AT_ONCE) {
      Map<String, Future<@Nullable Response>> asked = new HashMap<>();
      for (String name : rest.subList(from, Math.min(rest.size(), from + AT_ONCE))) {
        asked.put(name, redis.send(request.apply(name)));
      }
      for (Map.Entry<String, Future<@Nullable Response>> one : asked.entrySet()) {
        answers.put(one.getKey(), await(one.getValue()));
      }
    }
    return answers;
  }

  private @Nullable Response await(Future<@Nullable Response> answer) throws IOException {
    try {
      // Redis's own errors are no exceptions.
      return answer
          .recover(fault -> Future.failedFuture(new IllegalStateException(fault)))
          .await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      reconnect();
      throw new IOException("Redis does not answer", e);
    } catch (RuntimeException e) {
      reconnect();
      throw new IOException("Redis answers with an error: " + e.getMessage(), e);
    }
  }

  /** Next time it may be another server that has the books. */
  private synchronized void reconnect() {
    redis.close();
    redis = connected();
  }

  @Override
  public void close() {
    redis.close();
    vertx.close();
  }
}
