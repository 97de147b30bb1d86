package io.tollgate.contract.bus;

import io.tollgate.contract.Role;
import java.time.Duration;

/**
 * The typed address of one operation.
 *
 * <p>On the bus it becomes one name for each event loop of a node ({@code name#loop}, never leaves
 * the process) and one for each node ({@code name@node}).
 *
 * @param name {@code tollgate.<service>.<verb>}
 * @param role the role whose nodes serve it
 * @param request the only class of question
 * @param reply the class of answer: a record, or a sealed interface of records
 * @param timeout how long one attempt on another event loop or node may take
 * @param repeatable whether a second attempt after a failed one is harmless
 */
public record Address<Q extends Record, R>(
    String name,
    Role role,
    Class<Q> request,
    Class<R> reply,
    Duration timeout,
    boolean repeatable) {

  /** The same operation with another time limit for an attempt. */
  public Address<Q, R> within(Duration limit) {
    return new Address<>(name, role, request, reply, limit, repeatable);
  }

  String onLoop(String loop) {
    return name + '#' + loop;
  }

  String onNode(String node) {
    return name + '@' + node;
  }
}
