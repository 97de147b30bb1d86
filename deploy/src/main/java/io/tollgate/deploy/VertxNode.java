package io.tollgate.deploy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.ClusterConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;

/** Builds the node's Vert.x: native transport where there is one, alone or in a cluster. */
final class VertxNode {
  /** As many as there are cores. */
  static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private static final Duration NAME_PATIENCE = Duration.ofSeconds(10);

  private VertxNode() {}

  static Vertx alone(MeterRegistry meters) {
    return builder(options(), meters).build();
  }

  static Future<Vertx> clustered(MeterRegistry meters, ClusterConfig cluster) throws StartFault {
    String host = LocalAddress.among(cluster, NAME_PATIENCE);
    Ports.check(host, cluster.port(), "cluster");
    VertxOptions options = options();
    options.getEventBusOptions().setHost(host);
    return builder(options, meters)
        .withClusterManager(new HazelcastClusterManager(HazelcastSettings.of(cluster, host)))
        .buildClustered();
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setEventLoopPoolSize(EVENT_LOOPS)
        .setPreferNativeTransport(true)
        // All classes are of one loader, so it need not be set anew for each event.
        .setDisableTCCL(true)
        .setMetricsOptions(Metering.options());
  }

  private static VertxBuilder builder(VertxOptions options, MeterRegistry meters) {
    return Vertx.builder().with(options).withMetrics(new MicrometerMetricsFactory(meters));
  }
}
