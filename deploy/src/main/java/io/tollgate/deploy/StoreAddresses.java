package io.tollgate.deploy;

import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.StoreAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where each of a configuration's stores can be reached from this node. */
final class StoreAddresses {
  private StoreAddresses() {}

  /**
   * @param embedded null when this node has none; its endpoint is then left out
   * @param sockets whether the JVM can use unix sockets
   */
  static Map<String, StoreAddress> of(
      TollgateConfig config, @Nullable EmbeddedRedis embedded, boolean sockets) {
    Map<String, StoreAddress> endpoints = new LinkedHashMap<>();
    config
        .stores()
        .forEach(
            (id, store) -> {
              switch (store) {
                case StoreConfig.Remote other -> endpoints.put(id, StoreAddress.of(other));
                case StoreConfig.Embedded own -> {
                  if (embedded != null) {
                    endpoints.put(id, sockets ? embedded.socketEndpoint() : embedded.endpoint());
                  }
                }
              }
            });
    return endpoints;
  }
}
