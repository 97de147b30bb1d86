package io.tollgate.bench.accuracy;

import io.tollgate.bench.Child;
import io.tollgate.bench.Loopback;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One node of Tollgate, as a user starts it: it can be killed and started again, with its port and
 * its data. Each start has a name of its own, {@code node-1.2} for the second of node 1.
 *
 * <p>Started, killed and closed from one thread; asked from any.
 */
final class GatewayNode implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final String name;
  private final Path home;
  private final Path config;
  private final Path dir;
  private final int port = Loopback.freePort();
  private final int adminPort = Loopback.freePort();
  private final int clusterPort;
  private final Map<String, Long> killedMillis = new ConcurrentHashMap<>();
  private int starts;
  private volatile @Nullable Child process;
  private volatile @Nullable String serving;

  /**
   * @param home the project's folder
   * @param config the file with the configuration
   * @param dir for its data and logs
   * @param clusterPort 0 for a node alone
   */
  GatewayNode(String name, Path home, Path config, Path dir, int clusterPort) throws IOException {
    this.name = name;
    this.home = home;
    this.config = config;
    this.dir = dir;
    this.clusterPort = clusterPort;
  }

  int port() {
    return port;
  }

  int adminPort() {
    return adminPort;
  }

  /** The name of its present start; null when it does not serve. */
  @Nullable String serving() {
    return serving;
  }

  /** When that start was killed; null when it was not. */
  @Nullable Long killedMillis(String start) {
    return killedMillis.get(start);
  }

  /** The decision logs of all its starts. */
  List<Path> decisionLogs() {
    List<Path> logs = new ArrayList<>();
    for (int start = 1; start <= starts; start++) {
      logs.add(decisionLog(name + "." + start));
    }
    return logs;
  }

  private Path decisionLog(String start) {
    return dir.resolve(start + "-decisions.log").toAbsolutePath();
  }

  void start() throws IOException {
    String start = name + "." + ++starts;
    List<String> command =
        new ArrayList<>(
            List.of(home.resolve("tollgate").toString(), "run", "--config", config.toString()));
    Map.of(
            "node.name", name,
            "node.data_dir", dir.resolve(name + "-data").toAbsolutePath().toString(),
            "proxy.http.host", "127.0.0.1",
            "proxy.http.port", Integer.toString(port),
            "admin.port", Integer.toString(adminPort),
            "log.decisions", decisionLog(start).toString())
        .forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    if (clusterPort != 0) {
      command.addAll(List.of("--cluster", "--set", "cluster.port=" + clusterPort));
    }
    process = Child.start(start, command, Map.of(), dir);
  }

  /** Returns when it is ready. */
  void awaitReady() throws IOException, InterruptedException {
    Child started = process;
    if (started == null) {
      throw new IllegalStateException(name + " was not started");
    }
    Loopback.awaitAnswer(started, adminPort, "/healthz/ready");
    serving = name + "." + starts;
  }

  /** Ends it with SIGKILL, if it serves; does not wait for that. From any thread. */
  synchronized void kill() {
    String start = serving;
    Child running = process;
    if (start != null && running != null) {
      serving = null;
      killedMillis.put(start, System.currentTimeMillis());
      running.kill();
    }
  }

  /** Returns when it is gone after {@link #kill()}. */
  void awaitEnd() throws InterruptedException {
    while (serving != null) {
      Thread.sleep(POLL);
    }
    Child killed = process;
    if (killed != null) {
      killed.awaitEnd();
    }
  }

  void requireAlive() throws IOException {
    Child running = process;
    if (running != null && serving != null) {
      running.requireAlive();
    }
  }

  @Override
  public void close() {
    serving = null;
    Child running = process;
    if (running != null) {
      running.close();
    }
  }
}
