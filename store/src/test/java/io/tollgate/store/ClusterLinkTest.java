package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterLinkTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Script SUM = Script.load(StoreTest.class, "sum.lua");

  @TempDir static Path directory;
  private static TestCluster cluster;

  private Loop loop;
  private RedisLink link;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = TestCluster.start(directory, 3, true);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void open() throws Exception {
    loop = new Loop();
    link = loop.open(cluster.address(TIMEOUT));
  }

  @AfterEach
  void close() throws Exception {
    loop.close();
  }

  @Test
  @Order(1)
  void each_key_goes_to_the_master_that_has_it() throws Exception {
    for (int i = 0; i < 30; i++) {
      String key = "plain-" + i;
      String value = Integer.toString(i);
      loop.on(() -> link.send(Command.SET, key, value));
      assertThat(cluster.ask("GET", key)).isEqualTo(value);
    }
  }

  @Test
  @Order(1)
  void a_script_runs_on_every_master_also_after_they_forgot_it() throws Exception {
    for (int round = 1; round <= 2; round++) {
      List<Future<Response>> sums = new ArrayList<>();
      loop.on(
          () -> {
            for (int i = 0; i < 30; i++) {
              sums.add(link.run(SUM, List.of("sum-" + i), List.of("2", "3")));
            }
            return Future.all(sums);
          });
      for (int i = 0; i < 3; i++) {
        cluster.master(i).ask("SCRIPT", "FLUSH");
      }
      assertThat(cluster.ask("GET", "sum-7")).isEqualTo(Integer.toString(round * 5));
    }
  }

  @Test
  @Order(2)
  void a_slot_that_has_moved_is_found_again() throws Exception {
    String key = "moving";
    int from = cluster.indexOf(key);
    TestRedis old = cluster.master(from);
    TestRedis next = cluster.master((from + 1) % 3);
    loop.on(() -> link.run(SUM, List.of(key), List.of("1", "1")));

    cluster.move(HashSlot.of(key), old, next);
    Response sum = loop.on(() -> link.run(SUM, List.of(key), List.of("2", "2")));

    assertThat(sum.toLong()).isEqualTo(6);
    assertThat(next.ask("GET", key)).isEqualTo("6");
    cluster.move(HashSlot.of(key), next, old);
    loop.on(() -> link.run(SUM, List.of(key), List.of("1", "1")));
    assertThat(old.ask("GET", key)).isEqualTo("8");
  }

  @Test
  @Order(2)
  void a_key_in_a_slot_that_is_just_moving_is_found_where_it_is() throws Exception {
    String key = "wandering";
    int from = cluster.indexOf(key);
    TestRedis old = cluster.master(from);
    TestRedis next = cluster.master((from + 2) % 3);
    loop.on(() -> link.run(SUM, List.of(key), List.of("1", "1")));

    cluster.begin(HashSlot.of(key), old, next);
    assertThat(loop.on(() -> link.run(SUM, List.of(key), List.of("1", "1"))).toLong()).isEqualTo(4);
    old.ask("MIGRATE", "127.0.0.1", Integer.toString(next.port()), key, "0", "5000");

    assertThat(loop.on(() -> link.run(SUM, List.of(key), List.of("1", "1"))).toLong()).isEqualTo(6);
    assertThat(old.ask("GET", key)).startsWith("-ASK");
    cluster.move(HashSlot.of(key), old, next);
    cluster.move(HashSlot.of(key), next, old);
  }

  @Test
  @Order(3)
  void a_frozen_master_costs_its_own_slots_one_timeout_and_the_others_nothing() throws Exception {
    RedisLink quick = loop.open(cluster.address(Duration.ofMillis(300)));
    String frozen = keyOn(0);
    String live = keyOn(1);
    cluster.master(0).freeze();
    try {
      StoreFault first = loop.faultOf(() -> quick.send(Command.GET, frozen));
      StoreFault second = loop.faultOf(() -> quick.send(Command.GET, frozen));

      assertThat(first.kind()).isIn(StoreFault.Kind.TIMED_OUT, StoreFault.Kind.UNREACHABLE);
      assertThat(second.kind()).isEqualTo(StoreFault.Kind.UNREACHABLE);
      loop.on(() -> quick.send(Command.SET, live, "1"));
    } finally {
      cluster.master(0).thaw();
    }
    TestRedis.await(
        "the link to it mends", () -> loop.on(() -> quick.send(Command.SET, frozen, "1")) != null);
    TestRedis.await("it is well again", () -> loop.fault().isEmpty());
  }

  @Test
  @Order(4)
  void when_a_master_dies_its_replica_is_used_and_said_to_be_another() throws Exception {
    String key = keyOn(2);
    loop.on(() -> link.send(Command.SET, key, "kept"));
    TestRedis.await(
        "it is replicated", () -> cluster.master(2).ask("WAIT", "1", "1000").equals("1"));

    cluster.master(2).kill();
    TestRedis.await(
        "the replica takes over",
        () -> loop.on(() -> link.send(Command.GET, key)).toString().equals("kept"));

    TestRedis.await("it is told", () -> loop.replaced.contains(Loop.STORE));
    assertThat(loop.failures(StoreFault.Kind.UNREACHABLE)).isPositive();
    loop.on(() -> link.run(SUM, List.of("{" + key + "}"), List.of("1", "2")));
    TestRedis.await("it is well again", () -> loop.fault().isEmpty());
  }

  private static String keyOn(int master) {
    int i = 0;
    while (cluster.indexOf("key-" + i) != master) {
      i++;
    }
    return "key-" + i;
  }
}
