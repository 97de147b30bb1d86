package io.tollgate.contract.bus;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.Role;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A clustered Vert.x of its own, with everything that a gateway node has on the bus. */
final class BusNode implements AutoCloseable {
  final Vertx vertx;
  final Directory directory;
  final BusClient client;
  final Context loop;

  private BusNode(Vertx vertx, String name) {
    this.vertx = vertx;
    this.directory = new Directory(name, InstantSource.system());
    this.client = new BusClient(vertx.eventBus(), directory, new SimpleMeterRegistry());
    this.loop = vertx.getOrCreateContext();
  }

  /** As many nodes as names, joined. */
  static List<BusNode> cluster(String... names) throws Exception {
    List<Integer> ports = freePorts(names.length);
    List<CompletableFuture<BusNode>> starting =
        IntStream.range(0, names.length)
            .mapToObj(
                i ->
                    Vertx.builder()
                        .with(
                            new VertxOptions()
                                .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                        .withClusterManager(
                            new HazelcastClusterManager(hazelcast(ports, ports.get(i))))
                        .buildClustered()
                        .map(vertx -> new BusNode(vertx, names[i]))
                        .toCompletionStage()
                        .toCompletableFuture())
            .toList();
    List<BusNode> nodes = new ArrayList<>();
    for (CompletableFuture<BusNode> node : starting) {
      nodes.add(node.get(60, SECONDS));
    }
    return nodes;
  }

  /** Runs on this node's event loop and waits for the outcome. */
  <T> T on(Callable<Future<T>> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.runOnContext(
        start -> {
          try {
            work.call().onComplete(result::complete, result::completeExceptionally);
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, SECONDS);
  }

  /** As if this node had announced itself to the other. */
  void announceTo(BusNode other, Role... roles) {
    other.directory.heard(new NodeAlive(directory.node(), List.of(roles), false));
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, SECONDS);
  }

  private static Config hazelcast(List<Integer> ports, int port) {
    Config config = new Config().setClusterName("bus-test-" + ports.get(0));
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    ports.forEach(each -> join.getTcpIpConfig().addMember("127.0.0.1:" + each));
    return config;
  }

  /** Probed together, so that all are different. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> probes = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        probes.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return probes.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket probe : probes) {
        probe.close();
      }
    }
  }
}
