package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig;
import java.time.Duration;
import java.util.List;

/**
 * A master that sentinels know.
 *
 * @param sentinels where to ask for it
 * @param master the name by which they know it
 * @param entry how to enter the master, wherever it is; its address is that of no server
 */
record SentinelAddress(List<RedisEndpoint> sentinels, String master, RedisEndpoint entry)
    implements StoreAddress {
  SentinelAddress {
    sentinels = List.copyOf(sentinels);
  }

  static SentinelAddress of(StoreConfig.Sentinel store) {
    List<RedisEndpoint> sentinels =
        store.sentinels().stream()
            .map(
                server ->
                    new RedisEndpoint(
                        RedisEndpoint.uri(server, store.tls()),
                        store.sentinelUser(),
                        store.sentinelPassword(),
                        0,
                        store.timeout()))
            .toList();
    return new SentinelAddress(
        sentinels,
        store.master(),
        new RedisEndpoint(
            sentinels.getFirst().uri(),
            store.user(),
            store.password(),
            store.database(),
            store.timeout()));
  }

  @Override
  public Duration timeout() {
    return entry.timeout();
  }
}
