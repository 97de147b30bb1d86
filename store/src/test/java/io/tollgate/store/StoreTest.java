package io.tollgate.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Vertx vertx;
  private Context loop;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    loop = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @Test
  void a_script_is_loaded_on_first_use_and_again_after_redis_forgot_it() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.endpoint());
      Script script = Script.load(StoreTest.class, "sum.lua");

      Response first = on(() -> link.run(script, List.of("a"), List.of("2", "3")));
      on(() -> link.send(Command.SCRIPT, "FLUSH"));
      Response second = on(() -> link.run(script, List.of("a"), List.of("4", "5")));

      assertThat(first.toLong()).isEqualTo(5);
      assertThat(second.toLong()).isEqualTo(14);
      on(link::close);
    }
  }

  @Test
  void a_peeking_script_answers_from_what_is_there_and_writes_nothing() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.endpoint());
      List<String> keys = List.of("{a}:1", "{a}:2", "{a}:3");
      on(() -> link.send(Command.SET, keys.get(0), "10"));
      on(() -> link.send(Command.HSET, keys.get(1), "field", "f", "gone", "g"));
      on(() -> link.send(Command.SADD, keys.get(2), "m"));
      List<String> before = dumps(link, keys);

      Response answer =
          on(
              () ->
                  link.run(
                      Script.load(StoreTest.class, "writes.lua").peeking(), keys, List.of("7")));

      assertThat(answer.get(0).toLong()).isEqualTo(10);
      assertThat(answer.get(1).toLong()).isEqualTo(8);
      assertThat(answer.get(2).toLong()).isEqualTo(8);
      assertThat(answer.get(3).toString()).isEqualTo("f");
      assertThat(dumps(link, keys)).isEqualTo(before);
      on(link::close);
    }
  }

  private List<String> dumps(RedisLink link, List<String> keys) throws Exception {
    List<String> dumps = new ArrayList<>();
    for (String key : keys) {
      dumps.add(Arrays.toString(on(() -> link.send(Command.DUMP, key)).toBytes()));
      dumps.add(on(() -> link.send(Command.PTTL, key)).toString());
    }
    return dumps;
  }

  @Test
  void the_unix_socket_serves_where_the_transport_is_native() throws Exception {
    assertThat(vertx.isNativeTransportEnabled()).isTrue();
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.socketEndpoint());

      assertThat(on(() -> link.send(Command.PING)).toString()).isEqualTo("PONG");
      on(link::close);
    }
  }

  @Test
  void a_command_without_the_password_is_refused() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisEndpoint open =
          new RedisEndpoint(redis.endpoint().uri(), null, null, 0, Duration.ofMillis(500));
      RedisLink link = open(open);

      assertThatThrownBy(() -> on(() -> link.send(Command.GET, "x")))
          .hasRootCauseInstanceOf(StoreFault.class)
          .hasMessageContaining("NOAUTH");
      on(link::close);
    }
  }

  @Test
  void an_error_of_redis_is_a_refusal_and_leaves_the_link_in_use() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.endpoint());
      on(() -> link.send(Command.SET, "text", "abc"));

      assertThatThrownBy(() -> on(() -> link.send(Command.INCR, "text")))
          .rootCause()
          .isInstanceOfSatisfying(
              StoreFault.class, f -> assertThat(f.kind()).isEqualTo(StoreFault.Kind.REFUSED));
      assertThat(on(() -> link.send(Command.GET, "text")).toString()).isEqualTo("abc");
      on(link::close);
    }
  }

  @Test
  void a_killed_redis_comes_back_with_its_data_and_the_link_mends() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.endpoint());
      on(() -> link.send(Command.SET, "kept", "42"));
      long firstPid = redis.pid().orElseThrow();

      ProcessHandle server = ProcessHandle.of(firstPid).orElseThrow();
      server.destroyForcibly();
      server.onExit().get(5, SECONDS);

      String kept = eventually(() -> on(() -> link.send(Command.GET, "kept")).toString());
      assertThat(kept).isEqualTo("42");
      assertThat(redis.pid().orElseThrow()).isNotEqualTo(firstPid);
      on(link::close);
    }
  }

  @Test
  void a_redis_that_does_not_answer_costs_one_timeout_and_then_nothing() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, Duration.ofMillis(200))) {
      RedisLink link = open(redis.endpoint());
      long pid = redis.pid().orElseThrow();
      signal("STOP", pid);

      // The probe that runs every second may have found out before.
      assertThat(kindOf(() -> on(() -> link.send(Command.PING))))
          .isIn(StoreFault.Kind.TIMED_OUT, StoreFault.Kind.UNREACHABLE);
      assertThat(kindOf(() -> on(() -> link.send(Command.PING))))
          .isEqualTo(StoreFault.Kind.UNREACHABLE);

      signal("CONT", pid);
      assertThat(eventually(() -> on(() -> link.send(Command.PING)).toString())).isEqualTo("PONG");
      on(link::close);
    }
  }

  @Test
  void closing_leaves_no_process_behind_and_data_survives() throws Exception {
    long pid;
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(redis.endpoint());
      on(() -> link.send(Command.SET, "kept", "1"));
      pid = redis.pid().orElseThrow();
      on(link::close);
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();

    try (EmbeddedRedis again = EmbeddedRedis.start(directory, TIMEOUT)) {
      RedisLink link = open(again.endpoint());
      assertThat(on(() -> link.send(Command.GET, "kept")).toString()).isEqualTo("1");
      on(link::close);
    }
  }

  private RedisLink open(RedisEndpoint endpoint) throws Exception {
    return on(
        () -> {
          RedisLink link = RedisLink.open(vertx, "node", endpoint, meters);
          return link.firstAttempt().map(tried -> link);
        });
  }

  private <T> T on(Callable<Future<T>> work) throws Exception {
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

  private static StoreFault.Kind kindOf(Callable<?> work) {
    try {
      work.call();
    } catch (Exception e) {
      if (e.getCause() instanceof StoreFault fault) {
        return fault.kind();
      }
      throw new AssertionError(e);
    }
    throw new AssertionError("did not fail");
  }

  private <T> T eventually(Callable<T> attempt) throws Exception {
    for (int i = 0; i < 100; i++) {
      try {
        return attempt.call();
      } catch (Exception e) {
        on(() -> vertx.timer(100));
      }
    }
    return attempt.call();
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }
}
