package io.tollgate.proxy;

import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.UpstreamConfig;
import io.tollgate.proxy.http.NamePattern;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The models that a configuration names. */
final class ModelNames {
  /** Stands for every name that the configuration does not have. */
  static final String OTHER = "other";

  /** Stands for no name at all. */
  static final String NONE = "none";

  private final Map<String, ProviderConfig> providers;

  ModelNames(List<ProviderConfig> providers) {
    this.providers =
        providers.stream().collect(Collectors.toMap(ProviderConfig::name, Function.identity()));
  }

  /** Those that a caller of the route may ask for, as far as the configuration says, in order. */
  Set<String> askedFor(RouteConfig route) {
    Set<String> names = new TreeSet<>(route.models());
    for (UpstreamConfig upstream : route.upstreams()) {
      names.addAll(upstream.modelMapping().keySet());
      ProviderConfig provider = providers.get(upstream.provider());
      names.addAll(provider == null ? List.of() : provider.models());
    }
    List<NamePattern> taken = NamePattern.all(route.models());
    names.removeIf(name -> !isExact(name) || !NamePattern.any(taken, name));
    return names;
  }

  /** All that the routes and providers name in any place, for labels. */
  Set<String> all(List<RouteConfig> routes) {
    Set<String> names = new TreeSet<>();
    providers.values().forEach(provider -> names.addAll(provider.models()));
    for (RouteConfig route : routes) {
      names.addAll(route.models());
      route.upstreams().forEach(upstream -> addAll(upstream, names));
      if (route.fallback() != null) {
        route.fallback().upstreams().forEach(upstream -> addAll(upstream, names));
      }
    }
    names.removeIf(name -> !isExact(name));
    return names;
  }

  static String label(Set<String> known, @Nullable String name) {
    if (name == null) {
      return NONE;
    }
    return known.contains(name) ? name : OTHER;
  }

  private static void addAll(UpstreamConfig upstream, Set<String> names) {
    names.addAll(upstream.modelMapping().keySet());
    names.addAll(upstream.modelMapping().values());
  }

  private static boolean isExact(String model) {
    return !model.endsWith("*");
  }
}
