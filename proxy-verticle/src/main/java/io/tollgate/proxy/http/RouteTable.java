package io.tollgate.proxy.http;

import io.tollgate.contract.config.RouteConfig;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds a request's route: by path, host and headers first, then by model. Immutable. */
public final class RouteTable {
  private record Entry(RouteConfig route, List<NamePattern> hosts, List<NamePattern> models) {
    boolean takes(RequestPath path, String host, MultiMap headers) {
      return path.startsWith(route.pathPrefix())
          && NamePattern.any(hosts, host)
          && hasHeaders(headers);
    }

    private boolean hasHeaders(MultiMap headers) {
      for (Map.Entry<String, String> wanted : route.headers().entrySet()) {
        if (!headers.contains(wanted.getKey(), wanted.getValue(), false)) {
          return false;
        }
      }
      return true;
    }

    boolean takes(@Nullable String model) {
      return models.isEmpty() || (model != null && NamePattern.any(models, model));
    }
  }

  private final List<Entry> entries;

  public RouteTable(List<RouteConfig> routes) {
    this.entries =
        routes.stream()
            .map(
                route ->
                    new Entry(
                        route,
                        NamePattern.all(
                            route.hosts().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList()),
                        NamePattern.all(route.models())))
            .toList();
  }

  /** Routes that take this path, host and headers, in the order of the configuration. */
  public Candidates candidates(RequestPath path, String host, MultiMap headers) {
    String name = host.toLowerCase(Locale.ROOT);
    List<Entry> taking = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (entry.takes(path, name, headers)) {
        taking.add(entry);
      }
    }
    return new Candidates(taking);
  }

  /** What is left to choose from by model. */
  public static final class Candidates {
    private final List<Entry> entries;

    private Candidates(List<Entry> entries) {
      this.entries = entries;
    }

    public boolean isEmpty() {
      return entries.isEmpty();
    }

    /** All of them, at least one. */
    public List<RouteConfig> routes() {
      return entries.stream().map(Entry::route).toList();
    }

    /** The path prefix by which the request got here. */
    public String pathPrefix() {
      return entries.getFirst().route().pathPrefix();
    }

    /**
     * The first route that takes the model; null when none does.
     *
     * @param model null when the request names none, which only a route for any model takes
     */
    public @Nullable RouteConfig forModel(@Nullable String model) {
      for (Entry entry : entries) {
        if (entry.takes(model)) {
          return entry.route();
        }
      }
      return null;
    }

    /** Those that take the model, or all when the request names none. */
    public List<RouteConfig> mayTake(@Nullable String model) {
      List<RouteConfig> routes = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        if (model == null || entry.takes(model)) {
          routes.add(entry.route());
        }
      }
      return routes;
    }
  }
}
