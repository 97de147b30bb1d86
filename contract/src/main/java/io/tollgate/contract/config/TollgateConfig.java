package io.tollgate.contract.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole, validated configuration: every name that one part mentions exists in another.
 *
 * @param cluster null when the file has no such section
 * @param limiterHttp null when the limiter has no port of its own
 * @param alerts null when alerts are posted nowhere
 * @param stores every Redis that is in use, by id; {@link StoreConfig#NODE} is always there
 */
public record TollgateConfig(
    NodeConfig node,
    ProxyConfig proxy,
    AdminConfig admin,
    @Nullable ClusterConfig cluster,
    Map<String, StoreConfig> stores,
    List<ProviderConfig> providers,
    List<ConsumerConfig> consumers,
    List<RouteConfig> routes,
    List<Budget> quotas,
    LogConfig log,
    JournalConfig journal,
    @Nullable LimiterHttp limiterHttp,
    @Nullable Webhook alerts) {
  public TollgateConfig {
    stores = Map.copyOf(stores);
    providers = List.copyOf(providers);
    consumers = List.copyOf(consumers);
    routes = List.copyOf(routes);
    quotas = List.copyOf(quotas);
  }

  public Optional<ProviderConfig> provider(String name) {
    return providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
  }

  /** How long the slowest store may take; what waits for a store must wait longer. */
  public Duration longestStoreTimeout() {
    return stores.values().stream()
        .map(StoreConfig::timeout)
        .max(Duration::compareTo)
        .orElseThrow();
  }
}
