package io.tollgate.contract.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes and what it passes on the way. The first route whose conditions all hold is
 * taken.
 *
 * @param pathPrefix begins with a slash
 * @param hosts exact, or with a leading or trailing {@code *}; empty for any
 * @param headers by lower-case name, exact value; empty for any
 * @param models exact, or {@code prefix*}; empty for any
 * @param fallback null for none
 * @param onDisconnect what to do when the client leaves early
 * @param auth null for a route that is open to everybody
 * @param quota null for none
 * @param limits in order; may be empty
 * @param limitService null for none
 */
public record RouteConfig(
    String name,
    String pathPrefix,
    List<String> hosts,
    Map<String, String> headers,
    List<String> models,
    List<UpstreamConfig> upstreams,
    @Nullable FallbackConfig fallback,
    ClientDisconnect onDisconnect,
    @Nullable RouteAuth auth,
    @Nullable QuotaBlock quota,
    List<LimitBlock> limits,
    @Nullable LimitServiceConfig limitService) {
  public RouteConfig {
    hosts = List.copyOf(hosts);
    headers = Map.copyOf(headers);
    models = List.copyOf(models);
    upstreams = List.copyOf(upstreams);
    limits = List.copyOf(limits);
  }
}
