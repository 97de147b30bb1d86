package io.tollgate.bench.accuracy;

import java.io.IOException;
import java.nio.file.Path;

/** How the Redis of a run is set up. */
enum StoreKind {
  /** One server. */
  SINGLE,
  /** A master and a replica, watched by sentinels. */
  SENTINEL,
  /** Three masters and three replicas. */
  CLUSTER;

  /**
   * Starts the servers and returns when they can be used.
   *
   * @param dir for their data and logs
   */
  Store start(Path dir) throws IOException, InterruptedException {
    return switch (this) {
      case SINGLE -> SingleStore.start(dir);
      case SENTINEL -> SentinelStore.start(dir);
      case CLUSTER -> ClusterStore.start(dir);
    };
  }
}
