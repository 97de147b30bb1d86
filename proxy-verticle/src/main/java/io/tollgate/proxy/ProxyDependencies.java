package io.tollgate.proxy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaService;
import java.net.URI;
import java.util.Map;

/**
 * All that the request path needs of others.
 *
 * @param demoAddresses the base URL of each provider of type {@code demo}, by name
 */
public record ProxyDependencies(
    LiveConfig config,
    AuthService auth,
    LimiterService limiter,
    QuotaService quota,
    MeterRegistry meters,
    Map<String, URI> demoAddresses) {
  public ProxyDependencies {
    demoAddresses = Map.copyOf(demoAddresses);
  }
}
