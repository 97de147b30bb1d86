package io.tollgate.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * A way to one store that mends itself. While a server is away, commands for it fail at once; a
 * command that is not answered in time fails, and nobody waits behind it.
 *
 * <p>Commands to one server run in the order in which they were sent. Opened, used and closed on
 * one event loop.
 */
public sealed interface RedisLink permits ServerLink, ClusterLink {

  /** Starts to connect to one store alone, and goes on until {@link #close}. */
  static RedisLink open(Vertx vertx, String id, StoreAddress address, MeterRegistry meters) {
    return new Stores(Map.of(id, address), meters).open(vertx, Set.of(id)).to(id);
  }

  /** The store's id. */
  String id();

  /** Completes, and never fails, when the first attempt to connect has ended either way. */
  Future<Void> firstAttempt();

  /**
   * Keys with the same number may go in one script call.
   *
   * @param key asked for only where not all have the same number
   */
  int slot(Supplier<String> key);

  /**
   * Runs a script that Redis knows by its digest, sending its text only when Redis does not.
   *
   * @param keys at least one, all of one {@link #slot}
   * @return what the script returned, or a {@link StoreFault}
   */
  Future<Response> run(Script script, List<String> keys, List<String> args);

  /**
   * Sends a command.
   *
   * @param args the first is its key
   * @return Redis's answer, or a {@link StoreFault}
   */
  Future<Response> send(Command command, String... args);

  /**
   * Claims what one of all nodes may do: for as long as the key lives, it is given once.
   *
   * @param life rounded down to milliseconds, at least one
   * @return whether it was given to the caller, or a {@link StoreFault}
   */
  default Future<Boolean> claim(String key, Duration life) {
    String millis = Long.toString(Math.max(1, life.toMillis()));
    return send(Command.SET, key, "1", "NX", "PX", millis).map(answer -> answer != null);
  }

  /**
   * A batcher of calls over this link.
   *
   * @param maxBatch the most questions in one call
   * @param slot of a question's keys
   * @param call answers questions of one slot in their order; its failure is the failure of each
   */
  <Q, A> Batcher<Q, A> batcher(
      int maxBatch, ToIntFunction<Q> slot, Function<List<Q>, Future<List<A>>> call);

  /**
   * Judges an error that a script caught and returned in its answer: one that concerns the whole
   * store is a {@link StoreFault} with its kind, and the link takes note of it.
   */
  StoreFault judge(String error);

  /** Gives up the connections; commands under way fail. */
  Future<Void> close();
}
