package io.tollgate.deploy;

import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.RedisEndpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where each of a configuration's stores can be reached from this node. */
final class StoreEndpoints {
  private StoreEndpoints() {}

  /**
   * @param embedded null when this node has none; its endpoint is then left out
   * @param sockets whether the JVM can use unix sockets
   */
  static Map<String, RedisEndpoint> of(
      TollgateConfig config, @Nullable EmbeddedRedis embedded, boolean sockets) {
    Map<String, RedisEndpoint> endpoints = new LinkedHashMap<>();
    config
        .stores()
        .forEach(
            (id, store) -> {
              switch (store) {
                case StoreConfig.Standalone other -> endpoints.put(id, RedisEndpoint.of(other));
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
