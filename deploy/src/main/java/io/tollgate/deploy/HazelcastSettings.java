package io.tollgate.deploy;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import io.tollgate.contract.config.ClusterConfig;
import java.util.Map;

/** How nodes join, and how soon they notice that one is gone. */
final class HazelcastSettings {
  private static final String LOGGING = "hazelcast.logging.type";

  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry(LOGGING, "slf4j"),
          Map.entry("hazelcast.phone.home.enabled", "false"),
          // The node closes in its own order; a hook would leave the cluster first.
          Map.entry("hazelcast.shutdownhook.enabled", "false"),
          Map.entry("hazelcast.socket.bind.any", "false"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
          Map.entry("hazelcast.connection.monitor.interval", "20"),
          Map.entry("hazelcast.connection.monitor.max.faults", "1"),
          // After a partition the halves find one another again within seconds, not minutes.
          Map.entry("hazelcast.merge.first.run.delay.seconds", "10"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "10"));

  private HazelcastSettings() {}

  /**
   * @param host the address of this machine to listen on
   */
  static Config of(ClusterConfig cluster, String host) {
    // What it says before it has read its configuration goes by the system property.
    System.setProperty(LOGGING, "slf4j");
    Config config = new Config();
    config.setClusterName("tollgate");
    PROPERTIES.forEach(config::setProperty);
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(cluster.port()).setPortAutoIncrement(false).setPublicAddress(null);
    network.getInterfaces().setEnabled(true).addInterface(host);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setMembers(cluster.members());
    addVertxCollections(config);
    return config;
  }

  /** What Vert.x keeps in the cluster, as its own default file has it. */
  private static void addVertxCollections(Config config) {
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }
}
