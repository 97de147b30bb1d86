package io.tollgate.bench.accuracy;

import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Redis Cluster of three masters, each with a replica. */
final class ClusterStore implements Store {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  private final List<RedisServer> servers = new ArrayList<>();

  private ClusterStore() {}

  static Store start(Path dir) throws IOException, InterruptedException {
    ClusterStore store = new ClusterStore();
    try {
      for (int i = 1; i <= 2 * MASTERS; i++) {
        store.servers.add(RedisServer.ofCluster("redis-" + i, dir));
      }
      for (RedisServer server : store.servers) {
        server.awaitReady();
      }
      store.join();
      return store;
    } catch (IOException | InterruptedException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void join() throws IOException, InterruptedException {
    for (RedisServer server : servers) {
      tell(
          servers.getFirst(),
          "CLUSTER MEET 127.0.0.1 %d %d".formatted(server.port(), server.busPort()));
    }
    for (int i = 0; i < MASTERS; i++) {
      tell(
          servers.get(i),
          "CLUSTER ADDSLOTSRANGE %d %d"
              .formatted(i * SLOTS / MASTERS, (i + 1) * SLOTS / MASTERS - 1));
    }
    for (RedisServer server : servers) {
      Condition.await(
          "the nodes of the Redis cluster know one another",
          () -> knows(server, "cluster_known_nodes:" + 2 * MASTERS));
    }
    for (int i = 0; i < MASTERS; i++) {
      tell(
          servers.get(MASTERS + i), "CLUSTER REPLICATE " + servers.get(i).answerTo("CLUSTER MYID"));
    }
    for (RedisServer server : servers) {
      Condition.await(
          "the Redis cluster serves all slots", () -> knows(server, "cluster_state:ok"));
    }
    for (RedisServer replica : servers.subList(MASTERS, 2 * MASTERS)) {
      Condition.await(
          "every replica has copied its master",
          () -> replica.answerTo("INFO replication").contains("master_link_status:up"));
    }
  }

  private static void tell(RedisServer server, String command) throws IOException {
    String answer = server.answerTo(command);
    if (!answer.equals("+OK")) {
      throw new IOException("the Redis cluster can't be set up: " + command + ": " + answer);
    }
  }

  private static boolean knows(RedisServer server, String fact) {
    return server.answerTo("CLUSTER INFO").lines().anyMatch(fact::equals);
  }

  @Override
  public String yaml() {
    return "store: { redis: [%s], mode: cluster }"
        .formatted(
            servers.stream()
                .map(server -> "\"redis://" + server.address() + "\"")
                .collect(Collectors.joining(", ")));
  }

  @Override
  public RedisOptions client() {
    RedisOptions options = new RedisOptions().setType(RedisClientType.CLUSTER);
    servers.forEach(server -> options.addConnectionString("redis://" + server.address()));
    return options;
  }

  @Override
  public void suffer(Outage outage, Duration length) throws IOException, InterruptedException {
    List<RedisServer> masters = servers.stream().filter(RedisServer::isMaster).toList();
    if (masters.size() != MASTERS) {
      throw new IOException("the Redis cluster has " + masters.size() + " masters");
    }
    RedisServer master = masters.getFirst();
    outage.happenTo(master, length);
    if (outage == Outage.FAILOVER) {
      Condition.await(
          "a replica takes over",
          () ->
              servers.stream().filter(server -> server != master && server.isMaster()).count()
                  == MASTERS);
      master.startAgain();
      Condition.await("the old master follows the new one", () -> !master.isMaster());
      for (RedisServer server : servers) {
        Condition.await(
            "the Redis cluster serves all slots", () -> knows(server, "cluster_state:ok"));
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(RedisServer::close);
  }
}
