package io.tollgate.contract.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One Redis. */
public sealed interface StoreConfig {
  /** The id of the node's own store. */
  String NODE = "node";

  /** How long one command may take. */
  Duration timeout();

  /** A Redis that the node starts for itself. */
  record Embedded(Duration timeout) implements StoreConfig {}

  /** A Redis that somebody else runs. */
  record Standalone(
      String host,
      int port,
      boolean tls,
      @Nullable String user,
      @Nullable String password,
      int database,
      Duration timeout)
      implements StoreConfig {
    @Override
    public String toString() {
      return (tls ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
    }
  }
}
