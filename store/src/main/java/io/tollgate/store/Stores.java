package io.tollgate.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The stores of a configuration, by id. Shared by all event loops; thread-safe. */
public final class Stores {
  private final Map<String, StoreAddress> addresses;
  private final Map<String, StoreHealth> healths;
  private final Replacements replacements = new Replacements();
  private final MeterRegistry meters;

  public Stores(Map<String, ? extends StoreAddress> addresses, MeterRegistry meters) {
    this.addresses = Map.copyOf(addresses);
    this.healths =
        this.addresses.keySet().stream().collect(Collectors.toMap(id -> id, StoreHealth::new));
    this.meters = meters;
  }

  /** All that a link can be opened to. */
  public Set<String> ids() {
    return addresses.keySet();
  }

  /** Opens a link to each of these stores, for use on the calling event loop. */
  public Links open(Vertx vertx, Set<String> ids) {
    return links(vertx, ids, id -> () -> {});
  }

  /**
   * Opens a link to each of these stores, for use on the calling event loop.
   *
   * @param replaced hears on an event loop the id of a store for which another server answers than
   *     before, so that the last seconds' writes may be lost. Once for all links of this node, and
   *     once more when they differ in when they notice
   */
  public Links open(Vertx vertx, Set<String> ids, Consumer<String> replaced) {
    return links(vertx, ids, id -> () -> replacements.saw(vertx, id, replaced));
  }

  private Links links(Vertx vertx, Set<String> ids, Function<String, Runnable> replaced) {
    Map<String, RedisLink> links = new LinkedHashMap<>();
    for (String id : ids) {
      StoreAddress address = addresses.get(id);
      StoreHealth health = healths.get(id);
      if (address == null || health == null) {
        throw new IllegalArgumentException("no store has the id " + id);
      }
      LinkSite site =
          new LinkSite(
              vertx,
              id,
              address.timeout(),
              new RedisMetrics(id, meters),
              health,
              replaced.apply(id));
      links.put(id, open(site, address));
    }
    return new Links(links);
  }

  /** What is wrong with each store that is linked, by id; an empty text when nothing is. */
  public Map<String, String> faults() {
    Map<String, String> faults = new TreeMap<>();
    healths.forEach((id, health) -> faults.put(id, health.fault().orElse("")));
    return faults;
  }

  private static RedisLink open(LinkSite site, StoreAddress address) {
    return switch (address) {
      case RedisEndpoint one -> ServerLink.open(site, () -> Future.succeededFuture(one));
      case SentinelAddress watched -> ServerLink.open(site, new Sentinels(site, watched));
      case ClusterAddress cluster -> ClusterLink.open(site, cluster);
    };
  }
}
