package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;
import java.util.List;

/**
 * A Redis Cluster.
 *
 * @param nodes some of its servers, entered in one way; they know the others
 */
record ClusterAddress(List<RedisEndpoint> nodes) implements StoreAddress {
  ClusterAddress {
    nodes = List.copyOf(nodes);
  }

  static ClusterAddress of(StoreConfig.Cluster store) {
    return new ClusterAddress(
        store.nodes().stream()
            .map(
                server ->
                    new RedisEndpoint(
                        RedisEndpoint.uri(server, store.tls()),
                        store.user(),
                        store.password(),
                        0,
                        store.timeout()))
            .toList());
  }

  @Override
  public Duration timeout() {
    return nodes.getFirst().timeout();
  }
}
