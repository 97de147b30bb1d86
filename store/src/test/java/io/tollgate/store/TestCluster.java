package io.tollgate.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Redis Cluster, with a replica of each master where it is wanted. Blocks. */
public final class TestCluster implements AutoCloseable {
  private static final int SLOTS = HashSlot.SLOTS;

  private final int masters;
  private final List<TestRedis> servers = new ArrayList<>();
  private final List<Integer> busPorts = new ArrayList<>();

  private TestCluster(int masters) {
    this.masters = masters;
  }

  /** Returns when the cluster serves, and each replica follows its master. */
  public static TestCluster start(Path directory, int masters, boolean withReplicas)
      throws IOException {
    TestCluster cluster = new TestCluster(masters);
    try {
      cluster.launch(directory, withReplicas ? 2 * masters : masters);
      cluster.form();
    } catch (IOException | RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  public StoreAddress address(Duration timeout) {
    return new ClusterAddress(
        servers.stream().limit(masters).map(server -> server.endpoint(timeout)).toList());
  }

  /** The one that was made a master of these slots when the cluster was formed. */
  public TestRedis master(int index) {
    return servers.get(index);
  }

  public TestRedis replica(int index) {
    return servers.get(masters + index);
  }

  /** Which master this key's slot was given when the cluster was formed. */
  public int indexOf(String key) {
    return HashSlot.of(key) * masters / SLOTS;
  }

  public static String idOf(TestRedis server) {
    return server.ask("CLUSTER", "MYID");
  }

  /** Asks whoever has the key. */
  public String ask(String command, String key, String... more) {
    List<String> words = new ArrayList<>(List.of(command, key));
    words.addAll(List.of(more));
    String answer = "-no server has the key";
    for (TestRedis server : servers) {
      answer = server.ask(words.toArray(String[]::new));
      if (!answer.startsWith("-")) {
        return answer;
      }
    }
    throw new AssertionError(answer);
  }

  /** Moves a slot with all that is in it from one master to another. */
  public void move(int slot, TestRedis from, TestRedis to) {
    begin(slot, from, to);
    String keys = from.ask("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), "10000");
    for (String key : keys.isEmpty() ? new String[0] : keys.split("\n")) {
      String moved =
          from.ask("MIGRATE", "127.0.0.1", Integer.toString(to.port()), key, "0", "5000");
      if (moved.startsWith("-")) {
        throw new AssertionError(moved);
      }
    }
    for (TestRedis master : List.of(to, from)) {
      master.ask("CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", idOf(to));
    }
  }

  /** As {@link #move} begins: from then on whoever misses a key is sent to the other one. */
  public void begin(int slot, TestRedis from, TestRedis to) {
    to.ask("CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", idOf(from));
    from.ask("CLUSTER", "SETSLOT", Integer.toString(slot), "MIGRATING", idOf(to));
  }

  @Override
  public void close() {
    servers.forEach(TestRedis::close);
  }

  private void launch(Path directory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      busPorts.add(FreePorts.next());
      servers.add(
          TestRedis.start(
              directory.resolve("server-" + i),
              "--cluster-enabled yes",
              "--cluster-port " + busPorts.get(i),
              "--cluster-node-timeout 1000",
              "--cluster-replica-validity-factor 0",
              "--repl-diskless-sync-delay 0",
              "--save ''"));
    }
    servers.forEach(TestRedis::awaitReady);
  }

  private void form() {
    for (int i = 0; i < servers.size(); i++) {
      TestRedis server = servers.get(i);
      server.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      if (i < masters) {
        int first = (i * SLOTS + masters - 1) / masters;
        int last = ((i + 1) * SLOTS + masters - 1) / masters - 1;
        server.ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
      }
      servers
          .getFirst()
          .ask(
              "CLUSTER",
              "MEET",
              "127.0.0.1",
              Integer.toString(server.port()),
              Integer.toString(busPorts.get(i)));
    }
    for (int i = masters; i < servers.size(); i++) {
      TestRedis replica = servers.get(i);
      String master = idOf(servers.get(i - masters));
      TestRedis.await("no replica", () -> replica.ask("CLUSTER", "REPLICATE", master).equals("OK"));
    }
    for (TestRedis server : servers) {
      TestRedis.await(
          "the cluster does not serve",
          () ->
              server.ask("CLUSTER", "INFO").contains("cluster_state:ok")
                  && server
                      .ask("CLUSTER", "INFO")
                      .contains("cluster_known_nodes:" + servers.size()));
    }
    servers.stream()
        .skip(masters)
        .forEach(
            replica ->
                TestRedis.await(
                    "a replica does not follow",
                    () -> replica.ask("INFO", "replication").contains("master_link_status:up")));
  }
}
