package io.tollgate.deploy;

import io.tollgate.admin.Readiness;
import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Directory;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether this node can serve: it has started and does not end, somebody plays each role that a
 * request needs, and the stores are there. Thread-safe.
 */
final class NodeHealth implements Readiness {
  private static final List<Role> NEEDED = List.of(Role.AUTH, Role.LIMITER, Role.QUOTA);

  private final Directory directory;
  private final Supplier<Map<String, String>> storeFaults;
  private volatile boolean serving;

  /**
   * @param storeFaults as {@link StoreWatch#faults}
   */
  NodeHealth(Directory directory, Supplier<Map<String, String>> storeFaults) {
    this.directory = directory;
    this.storeFaults = storeFaults;
  }

  void serving(boolean now) {
    serving = now;
  }

  @Override
  public Future<List<Check>> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("node", serving, serving ? "serves" : "is starting or ending"));
    for (Role role : NEEDED) {
      boolean played = directory.isPlayed(role);
      checks.add(new Check("role " + role.label(), played, played ? "is played" : "nobody's"));
    }
    storeFaults
        .get()
        .forEach(
            (store, fault) ->
                checks.add(
                    new Check(
                        "store " + store, fault.isEmpty(), fault.isEmpty() ? "answers" : fault)));
    return Future.succeededFuture(checks);
  }
}
