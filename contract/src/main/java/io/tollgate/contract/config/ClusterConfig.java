package io.tollgate.contract.config;

import java.util.List;

/**
 * How nodes find one another.
 *
 * @param members {@code host:port} of nodes to try first
 * @param port this node's own
 */
public record ClusterConfig(List<String> members, int port) {
  public ClusterConfig {
    members = List.copyOf(members);
  }
}
