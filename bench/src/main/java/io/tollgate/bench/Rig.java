package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The upstream and, before it, nginx and Tollgate: three processes on free ports of loopback. */
final class Rig implements AutoCloseable {
  private final Deque<Child> children;
  private final Target upstream;
  private final Target nginx;
  private final Target tollgate;

  private Rig(Deque<Child> children, Target upstream, Target nginx, Target tollgate) {
    this.children = children;
    this.upstream = upstream;
    this.nginx = nginx;
    this.tollgate = tollgate;
  }

  static Rig start(Path home, int nginxWorkers, int paceMillis, Path dir)
      throws IOException, InterruptedException {
    Deque<Child> children = new ArrayDeque<>();
    try {
      int upstreamPort = Loopback.freePort();
      int nginxPort = Loopback.freePort();
      int tollgatePort = Loopback.freePort();
      int adminPort = Loopback.freePort();
      Child provider = fixedProvider(upstreamPort, paceMillis, dir);
      children.push(provider);
      Child nginx = Nginx.start(nginxPort, upstreamPort, nginxWorkers, dir);
      children.push(nginx);
      Child node = Node.start(home, tollgatePort, adminPort, upstreamPort, dir);
      children.push(node);
      Loopback.awaitAnswer(provider, upstreamPort, "/");
      Loopback.awaitAnswer(nginx, nginxPort, "/");
      Loopback.awaitAnswer(node, adminPort, "/healthz/ready");
      Node.fillQuota(adminPort);
      return new Rig(
          children,
          new Target("upstream", upstreamPort, null, false),
          new Target("nginx", nginxPort, nginx, true),
          new Target("tollgate", tollgatePort, node, false));
    } catch (IOException | InterruptedException | RuntimeException e) {
      children.forEach(Child::close);
      throw e;
    }
  }

  Target tollgate() {
    return tollgate;
  }

  List<Target> gateways() {
    return List.of(nginx, tollgate);
  }

  List<Target> all() {
    return List.of(upstream, nginx, tollgate);
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
