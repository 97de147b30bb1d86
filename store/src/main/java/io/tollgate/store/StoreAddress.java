package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;

/** Where a store is and how to enter it. */
public sealed interface StoreAddress permits RedisEndpoint, SentinelAddress, ClusterAddress {
  /** For one command, and for connecting. */
  Duration timeout();

  static StoreAddress of(StoreConfig.Remote store) {
    return switch (store) {
      case StoreConfig.Standalone one -> RedisEndpoint.of(one);
      case StoreConfig.Sentinel watched -> SentinelAddress.of(watched);
      case StoreConfig.Cluster cluster -> ClusterAddress.of(cluster);
    };
  }
}
