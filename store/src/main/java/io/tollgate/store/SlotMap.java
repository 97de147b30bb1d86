package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig.Server;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which master of a cluster has which slots, as one of its servers sees it.
 *
 * @param epoch of the cluster, when the server last heard of a change
 * @param ranges of slots, for each master
 */
record SlotMap(long epoch, Map<Server, List<Range>> ranges) {
  /** Slots from first to last, both included. */
  record Range(int first, int last) {}

  SlotMap {
    ranges = Map.copyOf(ranges);
  }

  /**
   * @param info what {@code CLUSTER INFO} says
   * @param slots what {@code CLUSTER SLOTS} says
   * @param asked the host of the server that says so, which may leave out its own
   */
  static SlotMap of(String info, Response slots, String asked) {
    Map<Server, List<Range>> ranges = new LinkedHashMap<>();
    for (Response entry : slots) {
      Response master = entry.get(2);
      Response host = master.get(0);
      String name = host == null || host.toString().isEmpty() ? asked : host.toString();
      ranges
          .computeIfAbsent(
              new Server(name, Integer.parseInt(master.get(1).toString())),
              server -> new ArrayList<>())
          .add(
              new Range(
                  Integer.parseInt(entry.get(0).toString()),
                  Integer.parseInt(entry.get(1).toString())));
    }
    return new SlotMap(epochIn(info), ranges);
  }

  Set<Server> masters() {
    return ranges.keySet();
  }

  /** Some key that is in a slot of this master, and that nobody else uses. */
  String keyOf(Server master) {
    List<Range> own = ranges.getOrDefault(master, List.of());
    for (int i = 0; ; i++) {
      String key = "tollgate:probe:" + i;
      int slot = HashSlot.of(key);
      if (own.isEmpty() || own.stream().anyMatch(r -> r.first() <= slot && slot <= r.last())) {
        return key;
      }
    }
  }

  private static long epochIn(String info) {
    String field = "cluster_current_epoch:";
    return info.lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.substring(field.length()).strip()))
        .findFirst()
        .orElse(0);
  }
}
