package io.tollgate.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The Redis servers of a configuration, by id. Shared by all event loops; immutable. */
public final class Stores {
  private final Map<String, RedisEndpoint> endpoints;
  private final MeterRegistry meters;

  public Stores(Map<String, RedisEndpoint> endpoints, MeterRegistry meters) {
    this.endpoints = Map.copyOf(endpoints);
    this.meters = meters;
  }

  /** Opens a link to each of these stores, for use on the calling event loop. */
  public Links open(Vertx vertx, Set<String> ids) {
    Map<String, RedisLink> links = new LinkedHashMap<>();
    for (String id : ids) {
      RedisEndpoint endpoint = endpoints.get(id);
      if (endpoint == null) {
        throw new IllegalArgumentException("no store has the id " + id);
      }
      links.put(id, RedisLink.open(vertx, id, endpoint, meters));
    }
    return new Links(links);
  }
}
