package io.tollgate.deploy;

import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What another configuration would change that a node only takes up when it starts. All that is not
 * about who may call, what limits go and what quotas there are.
 */
final class RestartCheck {
  private static final String SAME = "what the node was started with; the change needs a restart";

  private final List<ConfigFault> faults = new ArrayList<>();

  private RestartCheck() {}

  /** Empty when all of it can come in force while the node runs. */
  static List<ConfigFault> faults(TollgateConfig started, TollgateConfig next) {
    RestartCheck check = new RestartCheck();
    check.same("node", started.node(), next.node());
    check.same("proxy", started.proxy(), next.proxy());
    check.same("admin", started.admin(), next.admin());
    check.same("cluster", started.cluster(), next.cluster());
    check.same("log", started.log(), next.log());
    check.same("journal", started.journal(), next.journal());
    check.same("limiter_http", started.limiterHttp(), next.limiterHttp());
    check.same("alerts", started.alerts(), next.alerts());
    check.same("providers", started.providers(), next.providers());
    next.stores().forEach((id, store) -> check.store(started.stores().get(id), id, store));
    check.routes(started.routes(), next.routes());
    return List.copyOf(check.faults);
  }

  private void same(String path, @Nullable Object started, @Nullable Object next) {
    if (!Objects.equals(started, next)) {
      faults.add(new ConfigFault(path, "something else than before", SAME));
    }
  }

  /** A store may be used by fewer rules than at the start, but not waited for any longer. */
  private void store(@Nullable StoreConfig started, String id, StoreConfig next) {
    if (started == null) {
      faults.add(
          new ConfigFault(
              "redis", "a store that the node has not opened: " + id, "a store in use; " + SAME));
    } else if (next.timeout().compareTo(started.timeout()) > 0) {
      faults.add(
          new ConfigFault(
              "redis.timeout",
              next.timeout().toMillis() + " ms for store " + id,
              "at most " + started.timeout().toMillis() + " ms, " + SAME));
    } else if (!isSamePlace(started, next)) {
      faults.add(new ConfigFault("redis", "another address or password of store " + id, SAME));
    }
  }

  private static boolean isSamePlace(StoreConfig started, StoreConfig next) {
    return (started instanceof StoreConfig.Remote one && next instanceof StoreConfig.Remote other)
        ? one.equals(other.with(one.timeout()))
        : started.getClass().equals(next.getClass());
  }

  private void routes(List<RouteConfig> started, List<RouteConfig> next) {
    List<String> names = started.stream().map(RouteConfig::name).toList();
    List<String> found = next.stream().map(RouteConfig::name).toList();
    if (!names.equals(found)) {
      faults.add(
          new ConfigFault(
              "routes",
              "the routes " + String.join(", ", found),
              String.join(", ", names) + ", in this order; the change needs a restart"));
      return;
    }
    for (int i = 0; i < names.size(); i++) {
      route("routes[" + i + "].", started.get(i), next.get(i));
    }
  }

  private void route(String path, RouteConfig started, RouteConfig next) {
    same(path + "path_prefix", started.pathPrefix(), next.pathPrefix());
    same(path + "host", started.hosts(), next.hosts());
    same(path + "headers", started.headers(), next.headers());
    same(path + "models", started.models(), next.models());
    same(path + "upstreams", started.upstreams(), next.upstreams());
    same(path + "fallback", started.fallback(), next.fallback());
    same(path + "on_client_disconnect", started.onDisconnect(), next.onDisconnect());
  }
}
