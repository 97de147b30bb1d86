package io.tollgate.contract.bus;

import io.tollgate.contract.Role;
import java.util.List;

/**
 * What each node of a cluster says of itself every second.
 *
 * @param node the node's id, new at each start
 * @param leaving whether this is its last word
 */
public record NodeAlive(String node, List<Role> roles, boolean leaving) {
  public NodeAlive {
    roles = List.copyOf(roles);
  }
}
