package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig.Server;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster's servers who has which slots: one of those that are linked, each in its turn, or
 * where none is, one of the addresses of the configuration. Used on one event loop.
 */
final class Topology {
  private final LinkSite site;
  private final List<RedisEndpoint> nodes;
  private int turn;

  Topology(LinkSite site, ClusterAddress address) {
    this.site = site;
    this.nodes = address.nodes();
  }

  RedisEndpoint endpointOf(Server server) {
    return nodes.getFirst().at(server);
  }

  /** Where {@code MOVED <slot> <host:port>} or {@code ASK …} points; null when it does not say. */
  @Nullable Server targetOf(String redirection) {
    String[] words = redirection.split(" ");
    int colon = words.length < 3 ? -1 : words[2].lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    String host = words[2].substring(0, colon);
    int port = Integer.parseInt(words[2].substring(colon + 1));
    return host.isEmpty() ? null : new Server(host, port);
  }

  /** Fails with a {@link StoreFault}. */
  Future<SlotMap> look(Map<Server, ServerLink> links) {
    List<Map.Entry<Server, ServerLink>> usable =
        links.entrySet().stream().filter(link -> link.getValue().isUsable()).toList();
    turn++;
    if (usable.isEmpty()) {
      return lookFromOutside(nodes.size());
    }
    Map.Entry<Server, ServerLink> chosen = usable.get(Math.floorMod(turn, usable.size()));
    ServerLink link = chosen.getValue();
    return view(
        link.send(Command.CLUSTER, "INFO"),
        link.send(Command.CLUSTER, "SLOTS"),
        chosen.getKey().host());
  }

  private Future<SlotMap> lookFromOutside(int attempts) {
    RedisEndpoint node = nodes.get(Math.floorMod(turn, nodes.size()));
    return Session.open(site, node)
        .compose(
            session ->
                view(
                        session.send(Request.cmd(Command.CLUSTER).arg("INFO")),
                        session.send(Request.cmd(Command.CLUSTER).arg("SLOTS")),
                        hostOf(node))
                    .eventually(session::close))
        .recover(
            fault -> {
              turn++;
              return attempts > 1 ? lookFromOutside(attempts - 1) : Future.failedFuture(fault);
            });
  }

  private Future<SlotMap> view(Future<Response> info, Future<Response> slots, String asked) {
    return Future.all(info, slots)
        .map(both -> SlotMap.of(info.result().toString(), slots.result(), asked))
        .compose(
            map ->
                map.ranges().values().stream().allMatch(Collection::isEmpty)
                    ? Future.failedFuture(
                        site.fault(StoreFault.Kind.CLUSTER_DOWN, "nobody has any slots"))
                    : Future.succeededFuture(map));
  }

  private static String hostOf(RedisEndpoint node) {
    return URI.create(node.uri()).getHost();
  }
}
