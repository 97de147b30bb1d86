package io.tollgate.deploy;

import io.tollgate.contract.Role;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a node is to do.
 *
 * @param clustered whether other nodes do the rest
 */
record NodeRoles(Set<Role> roles, boolean clustered) {
  /** Everything, by itself. */
  static final NodeRoles ALONE = new NodeRoles(EnumSet.allOf(Role.class), false);

  NodeRoles {
    roles = Set.copyOf(roles);
  }

  boolean has(Role role) {
    return roles.contains(role);
  }

  /** Whether it counts tokens, for which it must reach the stores. */
  boolean needStores() {
    return has(Role.LIMITER) || has(Role.QUOTA);
  }

  /** A node by itself does all that a request needs. */
  void check() throws StartFault {
    List<String> missing =
        Stream.of(Role.AUTH, Role.LIMITER, Role.QUOTA, Role.PROXY)
            .filter(role -> !has(role))
            .map(Role::label)
            .toList();
    if (!clustered && !missing.isEmpty()) {
      throw new StartFault(
          "--roles leaves out "
              + String.join(", ", missing)
              + ", and without --cluster no other node does that; add it, or --cluster");
    }
  }
}
