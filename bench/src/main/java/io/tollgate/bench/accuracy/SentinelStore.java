package io.tollgate.bench.accuracy;

import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A master with a replica, and three sentinels that watch them. */
final class SentinelStore implements Store {
  private static final String NAME = "bench-master";
  private static final int SENTINELS = 3;

  private final List<RedisServer> servers = new ArrayList<>();
  private final List<RedisServer> sentinels = new ArrayList<>();

  private SentinelStore() {}

  static Store start(Path dir) throws IOException, InterruptedException {
    SentinelStore store = new SentinelStore();
    try {
      store.startServers(dir);
      return store;
    } catch (IOException | InterruptedException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void startServers(Path dir) throws IOException, InterruptedException {
    RedisServer master = RedisServer.ofData("redis-1", dir, List.of());
    servers.add(master);
    master.awaitReady();
    String port = Integer.toString(master.port());
    RedisServer replica =
        RedisServer.ofData("redis-2", dir, List.of("--replicaof", "127.0.0.1 " + port));
    servers.add(replica);
    replica.awaitReady();
    Condition.await(
        "the replica has copied its master",
        () -> replica.answerTo("INFO replication").contains("master_link_status:up"));
    for (int i = 1; i <= SENTINELS; i++) {
      sentinels.add(
          RedisServer.sentinel(
              "sentinel-" + i,
              dir,
              List.of(
                  "sentinel monitor " + NAME + " 127.0.0.1 " + port + " 2",
                  "sentinel down-after-milliseconds " + NAME + " 1500",
                  "sentinel failover-timeout " + NAME + " 6000")));
    }
    for (RedisServer sentinel : sentinels) {
      sentinel.awaitReady();
      Condition.await(
          "the sentinels know one another and the replica",
          () -> sentinel.answerTo("INFO sentinel").contains("slaves=1,sentinels=" + SENTINELS));
    }
  }

  @Override
  public String yaml() {
    return "store: { redis: [%s], mode: sentinel, master: %s }"
        .formatted(
            sentinels.stream()
                .map(sentinel -> "\"redis://" + sentinel.address() + "\"")
                .collect(Collectors.joining(", ")),
            NAME);
  }

  @Override
  public RedisOptions client() {
    return new RedisOptions()
        .setConnectionString(
            "redis://"
                + servers.stream()
                    .filter(RedisServer::isMaster)
                    .findFirst()
                    .orElse(servers.getFirst())
                    .address());
  }

  @Override
  public void suffer(Outage outage, Duration length) throws IOException, InterruptedException {
    RedisServer master =
        servers.stream()
            .filter(RedisServer::isMaster)
            .findFirst()
            .orElseThrow(() -> new IOException("no Redis says that it is the master"));
    outage.happenTo(master, length);
    if (outage == Outage.FAILOVER) {
      Condition.await(
          "another Redis takes over",
          () -> servers.stream().anyMatch(other -> other != master && other.isMaster()));
      master.startAgain();
      Condition.await("the old master follows the new one", () -> !master.isMaster());
    }
  }

  @Override
  public void close() {
    sentinels.forEach(RedisServer::close);
    servers.forEach(RedisServer::close);
  }
}
