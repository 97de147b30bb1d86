package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.StoreFault.Kind;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be wrong with a Redis, on a real one: each fault has its name, and passes. */
class StoreFaultsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String USER = "gate";

  @TempDir Path directory;

  private TestRedis redis;
  private Loop loop;

  @BeforeEach
  void start() throws Exception {
    redis = TestRedis.start(directory.resolve("redis"), options());
    redis.awaitReady();
    redis.ask("ACL", "SETUSER", USER, "on", ">gate-secret", "~*", "&*", "+@all");
    loop = new Loop();
  }

  @AfterEach
  void stop() throws Exception {
    loop.close();
    redis.close();
  }

  /** How a server gets into trouble and out of it, seen from outside. */
  enum Trouble {
    REPLICA_OF_ANOTHER(
        Kind.READONLY,
        List.of("REPLICAOF 127.0.0.1 1"),
        List.of("REPLICAOF NO ONE"),
        "let the address lead to the master"),
    REPLICA_WITHOUT_MASTER(
        Kind.MASTER_DOWN,
        List.of("CONFIG SET replica-serve-stale-data no", "REPLICAOF 127.0.0.1 1"),
        List.of("REPLICAOF NO ONE"),
        "bring the master back"),
    MEMORY_USED_UP(
        Kind.OUT_OF_MEMORY,
        List.of("CONFIG SET maxmemory 1"),
        List.of("CONFIG SET maxmemory 0"),
        "raise maxmemory"),
    PASSWORD_CHANGED(
        Kind.UNAUTHENTICATED,
        List.of("ACL SETUSER gate resetpass >other", "CLIENT KILL USER gate"),
        List.of("ACL SETUSER gate resetpass >gate-secret"),
        "the same user and password"),
    RIGHTS_TAKEN_AWAY(
        Kind.NOT_PERMITTED,
        List.of("ACL SETUSER gate -@write"),
        List.of("ACL SETUSER gate +@all"),
        "permit the user"),
    REPLICAS_MISSING(
        Kind.NO_REPLICAS,
        List.of("CONFIG SET min-replicas-to-write 1"),
        List.of("CONFIG SET min-replicas-to-write 0"),
        "min-replicas-to-write");

    private final Kind kind;
    private final List<String> cause;
    private final List<String> cure;
    private final String remedy;

    Trouble(Kind kind, List<String> cause, List<String> cure, String remedy) {
      this.kind = kind;
      this.cause = cause;
      this.cure = cure;
      this.remedy = remedy;
    }
  }

  @ParameterizedTest
  @EnumSource
  void each_fault_is_named_and_passes(Trouble trouble) throws Exception {
    RedisLink link = open();
    assertThat(loop.fault()).isEmpty();

    run(trouble.cause);
    TestRedis.await(
        "it fails with " + trouble.kind,
        () -> loop.faultOf(() -> link.send(Command.SET, "key", "1")).kind() == trouble.kind);
    TestRedis.await("it says what to do", () -> loop.fault().contains(trouble.remedy));
    assertThat(loop.failures(trouble.kind)).isPositive();
    assertThat(loop.fault()).doesNotContain("gate-secret");

    run(trouble.cure);
    TestRedis.await("it passes", () -> loop.on(() -> link.send(Command.SET, "key", "2")) != null);
  }

  @Test
  void a_server_that_loads_its_data_is_waited_for() throws Exception {
    RedisLink link = loop.open(redis.endpoint(TIMEOUT));
    redis.ask("DEBUG", "POPULATE", "20000");
    redis.ask("SAVE");

    redis.kill();
    redis.restart();
    TestRedis.await(
        "it loads",
        () -> loop.faultOf(() -> link.send(Command.SET, "key", "1")).kind() == Kind.LOADING);
    assertThat(loop.fault()).contains("loading its data");

    redis.ask("CONFIG", "SET", "key-load-delay", "0");
    TestRedis.await("it serves", () -> loop.on(() -> link.send(Command.SET, "key", "1")) != null);
    assertThat(loop.replaced).as("it was started anew").containsExactly(Loop.STORE);
  }

  @Test
  void a_script_of_somebody_else_is_told_from_a_dead_server() throws Exception {
    RedisLink link = open();
    redis.ask("CONFIG", "SET", "busy-reply-threshold", "50");
    Thread other = new Thread(() -> redis.ask("EVAL", "while true do end", "0"));
    other.start();
    TestRedis.await(
        "it is busy",
        () -> loop.faultOf(() -> link.send(Command.SET, "key", "1")).kind() == Kind.BUSY);
    assertThat(loop.fault()).contains("SCRIPT KILL");

    redis.ask("SCRIPT", "KILL");
    other.join();
    TestRedis.await("it passes", () -> loop.on(() -> link.send(Command.SET, "key", "2")) != null);
  }

  @Test
  void errors_are_known_by_their_first_word_also_inside_a_script() {
    assertThat(kindOf("MISCONF Redis is configured to save RDB snapshots, but it can't"))
        .isEqualTo(Kind.NOT_PERSISTED);
    assertThat(kindOf("CLUSTERDOWN Hash slot not served")).isEqualTo(Kind.CLUSTER_DOWN);
    assertThat(kindOf("MOVED 3999 127.0.0.1:6381")).isEqualTo(Kind.MOVING);
    assertThat(kindOf("OOM command not allowed. script: 1f, on @user_script:12."))
        .isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(
            kindOf(
                "ERR Error running script (call to f_1f): @user_script:3: @user_script: 3:"
                    + " -READONLY You can't write against a read only replica."))
        .isEqualTo(Kind.READONLY);
    assertThat(kindOf("ERR value is not an integer or out of range")).isEqualTo(Kind.REFUSED);
    assertThat(kindOf("WRONGTYPE Operation against a key")).isEqualTo(Kind.REFUSED);
  }

  private static Kind kindOf(String error) {
    return StoreFault.of("node", error).kind();
  }

  @Test
  void a_frozen_server_costs_one_timeout_and_then_nothing() throws Exception {
    RedisLink link = loop.open(endpoint(Duration.ofMillis(250)));
    redis.freeze();
    try {
      assertThat(loop.faultOf(() -> link.send(Command.SET, "key", "1")).kind())
          .isIn(Kind.TIMED_OUT, Kind.UNREACHABLE);
      double before = loop.failures(Kind.UNREACHABLE);
      for (int i = 0; i < 100; i++) {
        assertThat(loop.faultOf(() -> link.send(Command.SET, "key", "1")).kind())
            .isEqualTo(Kind.UNREACHABLE);
      }
      assertThat(loop.failures(Kind.UNREACHABLE)).isGreaterThanOrEqualTo(before + 100);
      assertThat(loop.fault()).contains("no answer within 250 ms");
    } finally {
      redis.thaw();
    }
    TestRedis.await("it serves", () -> loop.on(() -> link.send(Command.SET, "key", "1")) != null);
    TestRedis.await("it is well", () -> loop.fault().isEmpty());
    assertThat(loop.replaced).as("it is the same server").isEmpty();
  }

  @Test
  void a_fault_that_no_command_met_is_found_and_its_end_too() throws Exception {
    open();
    redis.ask("CONFIG", "SET", "maxmemory", "1");
    TestRedis.await("it is found", () -> loop.fault().contains("its memory is used up"));

    redis.ask("CONFIG", "SET", "maxmemory", "0");
    TestRedis.await("it has passed", () -> loop.fault().isEmpty());
  }

  @Test
  void the_rights_that_are_documented_are_enough() throws Exception {
    List<String> rights =
        List.of("+@read", "+@write", "+@scripting", "+info", "+time", "+ping", "+hello", "+select");
    redis.ask("ACL", "SETUSER", USER, "resetkeys", "-@all", "~tollgate:*", "~chat_quota:*");
    for (String right : rights) {
      assertThat(redis.ask("ACL", "SETUSER", USER, right)).isEqualTo("OK");
    }
    Script sum = Script.load(StoreTest.class, "sum.lua");

    RedisLink link = open();
    loop.on(() -> link.run(sum, List.of("chat_quota:user"), List.of("1", "2")));

    assertThat(loop.fault()).isEmpty();
    assertThat(redis.ask("GET", "chat_quota:user")).isEqualTo("3");
    assertThat(loop.faultOf(() -> link.send(Command.GET, "elsewhere")).kind())
        .isEqualTo(Kind.NOT_PERMITTED);
  }

  @Test
  void who_may_not_ask_who_the_server_is_takes_each_connection_for_another() throws Exception {
    redis.ask("ACL", "SETUSER", USER, "-info");
    RedisLink link = open();
    redis.ask("CLIENT", "KILL", "USER", USER);
    TestRedis.await("it serves", () -> loop.on(() -> link.send(Command.SET, "key", "1")) != null);

    TestRedis.await("it is told", () -> loop.replaced.equals(List.of(Loop.STORE)));
  }

  private String[] options() {
    return new String[] {
      "--save ''",
      "--enable-debug-command yes",
      "--key-load-delay 300",
      "--loading-process-events-interval-bytes 1024"
    };
  }

  private RedisLink open() throws Exception {
    return loop.open(endpoint(TIMEOUT));
  }

  private RedisEndpoint endpoint(Duration timeout) {
    return new RedisEndpoint("redis://127.0.0.1:" + redis.port(), USER, "gate-secret", 0, timeout);
  }

  private void run(List<String> commands) {
    for (String command : commands) {
      assertThat(redis.ask(command.split(" "))).doesNotStartWith("-");
    }
  }
}
