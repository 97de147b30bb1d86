package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
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
class SentinelLinkTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir static Path directory;
  private static TestSentinels servers;

  private Loop loop;

  @BeforeAll
  static void startServers() throws Exception {
    servers = TestSentinels.start(directory);
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void start() {
    loop = new Loop();
  }

  @AfterEach
  void stop() throws Exception {
    loop.close();
  }

  @Test
  @Order(1)
  void the_master_is_found() throws Exception {
    RedisLink link = loop.open(servers.address(TIMEOUT));
    loop.on(() -> link.send(Command.SET, "key", "1"));

    assertThat(servers.master().ask("GET", "key")).isEqualTo("1");
    assertThat(loop.fault()).isEmpty();
  }

  @Test
  @Order(1)
  void a_name_that_the_sentinels_do_not_know_is_said_so() throws Exception {
    SentinelAddress address = (SentinelAddress) servers.address(TIMEOUT);
    RedisLink link = loop.open(new SentinelAddress(address.sentinels(), "nobody", address.entry()));

    StoreFault fault = loop.faultOf(() -> link.send(Command.GET, "key"));
    assertThat(fault.kind()).isEqualTo(StoreFault.Kind.UNREACHABLE);
    assertThat(fault).hasMessageContaining("knows no master named nobody");
  }

  @Test
  @Order(2)
  void one_sentinel_is_enough() throws Exception {
    servers.sentinel(0).freeze();
    servers.sentinel(1).kill();
    try {
      RedisLink link = loop.open(servers.address(Duration.ofMillis(300)));
      TestRedis.await("it is asked", () -> loop.on(() -> link.send(Command.GET, "key")) != null);
    } finally {
      servers.sentinel(0).thaw();
      servers.sentinel(1).restart();
    }
    servers.sentinel(1).awaitReady();
  }

  @Test
  @Order(3)
  void a_master_that_was_replaced_is_left_although_it_still_answers() throws Exception {
    RedisLink link = loop.open(servers.address(TIMEOUT));
    TestRedis next = servers.replica();
    TestRedis.await(
        "the sentinels choose another",
        () -> servers.sentinel(0).ask("SENTINEL", "FAILOVER", TestSentinels.MASTER).equals("OK"));

    TestRedis.await("it is told, though nothing was sent", () -> !loop.replaced.isEmpty());
    loop.on(() -> link.send(Command.SET, "next", "1"));
    assertThat(next.ask("GET", "next")).isEqualTo("1");
  }
}
