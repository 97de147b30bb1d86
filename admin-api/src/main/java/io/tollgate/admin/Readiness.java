package io.tollgate.admin;

import io.vertx.core.Future;
import java.util.List;

/** Tells whether this node can serve requests now. Asked on an event loop; must not block. */
@FunctionalInterface
public interface Readiness {
  /** All that must be in order, each with its state. */
  Future<List<Check>> checks();

  /**
   * How one thing is.
   *
   * @param name such as {@code role quota} or {@code store node}
   * @param detail for an operator's eyes; without secrets
   */
  record Check(String name, boolean ok, String detail) {}
}
