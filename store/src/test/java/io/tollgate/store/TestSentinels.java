package io.tollgate.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real master with a replica, watched by three sentinels. Blocks. */
public final class TestSentinels implements AutoCloseable {
  public static final String MASTER = "mymaster";

  private static final int SENTINELS = 3;

  private final List<TestRedis> servers = new ArrayList<>();
  private final List<TestRedis> sentinels = new ArrayList<>();

  private TestSentinels() {}

  /** Returns when the replica follows, and the sentinels know it and one another. */
  public static TestSentinels start(Path directory) throws IOException {
    TestSentinels started = new TestSentinels();
    try {
      started.launch(directory);
    } catch (IOException | RuntimeException | AssertionError e) {
      started.close();
      throw e;
    }
    return started;
  }

  public StoreAddress address(Duration timeout) {
    return new SentinelAddress(
        sentinels.stream().map(sentinel -> sentinel.endpoint(timeout)).toList(),
        MASTER,
        servers.getFirst().endpoint(timeout));
  }

  public List<Integer> ports() {
    return sentinels.stream().map(TestRedis::port).toList();
  }

  /** The one that is a master now. */
  public TestRedis master() {
    return servers.stream().filter(TestSentinels::isMaster).findFirst().orElseThrow();
  }

  /** The one that follows it now. */
  public TestRedis replica() {
    TestRedis.await("no replica", () -> servers.stream().anyMatch(TestSentinels::follows));
    return servers.stream().filter(TestSentinels::follows).findFirst().orElseThrow();
  }

  private static boolean isMaster(TestRedis server) {
    return server.ask("ROLE").startsWith("master");
  }

  private static boolean follows(TestRedis server) {
    return server.ask("INFO", "replication").contains("master_link_status:up");
  }

  public TestRedis sentinel(int index) {
    return sentinels.get(index);
  }

  @Override
  public void close() {
    sentinels.forEach(TestRedis::close);
    servers.forEach(TestRedis::close);
  }

  private void launch(Path directory) throws IOException {
    TestRedis master = server(directory.resolve("first"));
    master.awaitReady();
    TestRedis replica =
        server(directory.resolve("second"), "--replicaof 127.0.0.1 " + master.port());
    TestRedis.await("the replica does not follow", () -> follows(replica));
    for (int i = 0; i < SENTINELS; i++) {
      sentinels.add(sentinel(directory.resolve("sentinel-" + i), master.port()));
    }
    for (TestRedis sentinel : sentinels) {
      TestRedis.await(
          "the sentinels do not know one another",
          () -> {
            String known = sentinel.ask("SENTINEL", "MASTER", MASTER);
            return known.contains("num-other-sentinels\n" + (SENTINELS - 1))
                && known.contains("num-slaves\n1");
          });
    }
  }

  private TestRedis server(Path directory, String... options) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("--repl-diskless-sync-delay 0", "--save ''", "--appendonly yes"));
    all.addAll(List.of(options));
    TestRedis server = TestRedis.start(directory, all.toArray(String[]::new));
    servers.add(server);
    return server;
  }

  private static TestRedis sentinel(Path directory, int masterPort) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("sentinel.conf");
    Files.writeString(
        file,
        """
        sentinel monitor %1$s 127.0.0.1 %2$d 2
        sentinel down-after-milliseconds %1$s 700
        sentinel failover-timeout %1$s 1500
        """
            .formatted(MASTER, masterPort));
    return TestRedis.start(directory, file.toString(), "--sentinel");
  }
}
