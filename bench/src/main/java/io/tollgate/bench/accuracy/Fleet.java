package io.tollgate.bench.accuracy;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The nodes, as those who call see them. Thread-safe. */
final class Fleet {
  private final List<GatewayNode> nodes;
  private final AtomicReference<@Nullable GatewayNode> doomed = new AtomicReference<>();

  Fleet(List<GatewayNode> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  List<GatewayNode> nodes() {
    return nodes;
  }

  /** One that serves, in turn; null when none does. */
  @Nullable GatewayNode pick(int turn) {
    for (int i = 0; i < nodes.size(); i++) {
      GatewayNode node = nodes.get(Math.floorMod(turn + i, nodes.size()));
      if (node.serving() != null) {
        return node;
      }
    }
    return null;
  }

  /** When the start of a node with this name was killed; null when it was not. */
  @Nullable Long killedMillis(String start) {
    return nodes.stream()
        .map(node -> node.killedMillis(start))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Kills the node at the worst moment: when a client has just seen the end of an answer. */
  void killAtNextEnd(GatewayNode node) {
    doomed.set(node);
  }

  /** A client has seen the end of an answer of this node. */
  void ended(GatewayNode node) {
    if (doomed.compareAndSet(node, null)) {
      node.kill();
    }
  }
}
