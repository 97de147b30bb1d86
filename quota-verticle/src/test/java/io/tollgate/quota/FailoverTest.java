package io.tollgate.quota;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.StoreAddress;
import io.tollgate.store.Stores;
import io.tollgate.store.TestCluster;
import io.tollgate.store.TestRedis;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a Redis Cluster, a replica that has not heard the last of its master takes over under load.
 * Settlements that were confirmed are gone with the master, and are in the balance again when they
 * were delivered once more, as every gateway does when it hears that a store was replaced.
 */
@Timeout(60)
class FailoverTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String KEY = "chat_quota:user1";
  private static final long AT_FIRST = 1_000_000_000;

  @TempDir Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Directory directoryOfOne = new Directory("node-1", InstantSource.system());
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    Wire.register(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @Test
  void what_a_failover_loses_is_in_the_balance_again() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 3, true)) {
      TestRedis master = cluster.master(cluster.indexOf(KEY));
      TestRedis replica = cluster.replica(cluster.indexOf(KEY));
      master.ask("SET", KEY, Long.toString(AT_FIRST));
      TestRedis.await(
          "the balance is not replicated",
          () -> replica.ask("INFO", "keyspace").contains("keys=1"));
      deploy(cluster.address(TIMEOUT));
      SettlingCallers callers =
          new SettlingCallers(
              vertx, QuotaBus.client(client(), Duration.ofSeconds(2)), "user1", Map.of());
      callers.surviveFailover(master, replica, KEY, AT_FIRST);

      assertThat(Long.parseLong(replica.ask("GET", KEY))).isEqualTo(AT_FIRST - callers.used());
    }
  }

  private void deploy(StoreAddress address) throws Exception {
    QuotaSettings settings =
        new QuotaSettings(
            Map.of(
                "metered",
                Optional.of(
                    new QuotaBlock(
                        "chat_quota:", "admin", "/quota", List.of(), "node", FailPolicy.CLOSED))),
            List.of());
    Stores stores = new Stores(Map.of("node", address), meters);
    Alarm alarm = new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), meters);
    QuotaMonitor monitor = new QuotaMonitor(meters, alarm, settings);
    vertx
        .deployVerticle(
            () ->
                new QuotaVerticle(
                    directoryOfOne, stores, Live.fixed(settings), monitor, new NodeParts()),
            new DeploymentOptions().setInstances(2))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, SECONDS);
  }

  private BusClient client() {
    return new BusClient(vertx.eventBus(), directoryOfOne, meters);
  }
}
