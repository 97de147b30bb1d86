package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstream and, before it, nginx, Tollgate and, where one is to be compared, another build of
 * it: each a process on a free port of loopback.
 */
final class Rig implements AutoCloseable {
  private final Deque<Child> children;
  private final Target upstream;
  private final Target nginx;
  private final Target tollgate;
  private final @Nullable Target before;

  private Rig(
      Deque<Child> children,
      Target upstream,
      Target nginx,
      Target tollgate,
      @Nullable Target before) {
    this.children = children;
    this.upstream = upstream;
    this.nginx = nginx;
    this.tollgate = tollgate;
    this.before = before;
  }

  /**
   * @param beside the folder of another build; null when there is none to compare
   */
  static Rig start(Path home, @Nullable Path beside, int nginxWorkers, int paceMillis, Path dir)
      throws IOException, InterruptedException {
    Deque<Child> children = new ArrayDeque<>();
    try {
      int upstreamPort = Loopback.freePort();
      int nginxPort = Loopback.freePort();
      Child provider = fixedProvider(upstreamPort, paceMillis, dir);
      children.push(provider);
      Child nginx = Nginx.start(nginxPort, upstreamPort, nginxWorkers, dir);
      children.push(nginx);
      Loopback.awaitAnswer(provider, upstreamPort, "/");
      Loopback.awaitAnswer(nginx, nginxPort, "/");
      return new Rig(
          children,
          new Target("upstream", upstreamPort, null, false),
          new Target("nginx", nginxPort, nginx, true),
          node("tollgate", home, upstreamPort, dir, children),
          beside == null ? null : node("before", beside, upstreamPort, dir, children));
    } catch (IOException | InterruptedException | RuntimeException e) {
      children.forEach(Child::close);
      throw e;
    }
  }

  private static Target node(
      String name, Path home, int upstreamPort, Path dir, Deque<Child> children)
      throws IOException, InterruptedException {
    int port = Loopback.freePort();
    int adminPort = Loopback.freePort();
    Path own = Files.createDirectories(dir.resolve(name));
    Child node = Node.start(home, port, adminPort, upstreamPort, own);
    children.push(node);
    Loopback.awaitAnswer(node, adminPort, "/healthz/ready");
    Node.fillQuota(adminPort);
    return new Target(name, port, node, false);
  }

  Target tollgate() {
    return tollgate;
  }

  List<Target> gateways() {
    return before == null ? List.of(nginx, tollgate) : List.of(nginx, before, tollgate);
  }

  List<Target> all() {
    List<Target> all = new ArrayList<>(List.of(upstream));
    all.addAll(gateways());
    return all;
  }

  void requireAlive() throws IOException {
    for (Child child : children) {
      child.requireAlive();
    }
  }

  @Override
  public void close() {
    children.forEach(Child::close);
  }

  static Child fixedProvider(int port, int paceMillis, Path dir) throws IOException {
    return Child.start(
        "upstream",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            FixedProvider.class.getName(),
            "--port=" + port,
            "--pace-millis=" + paceMillis),
        Map.of(),
        dir);
  }
}
