package io.tollgate.contract.bus;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Asks questions over the bus. The nearest instance answers: the one on the caller's event loop,
 * else one on this node, else another node's. When it does not, and the question may be repeated,
 * one other node is asked.
 *
 * <p>Called on an event loop; one client serves all loops of a node.
 */
public final class BusClient {
  /** Beyond the send timeout, which does not cover a reply that cannot be read. */
  private static final long BACKSTOP_MILLIS = 100;

  /**
   * An instance on the caller's own event loop cannot be gone, only behind with its work, and then
   * so is the caller: giving up early would help nobody.
   */
  private static final int LOCAL_PATIENCE = 4;

  private final EventBus bus;
  private final Directory directory;
  private final BusMetrics metrics;

  public BusClient(EventBus bus, Directory directory, MeterRegistry meters) {
    this.bus = bus;
    this.directory = directory;
    this.metrics = new BusMetrics(meters);
  }

  /**
   * @return the answer, or a {@link BusFault}
   */
  public <Q extends Record, R> Future<R> request(Address<Q, R> address, Q question) {
    String loop = Thread.currentThread().getName();
    if (directory.isServedOn(address, loop)) {
      return ask(address, address.onLoop(loop), question, true)
          .recover(fault -> askElsewhere(address, question, new HashSet<>(), fault));
    }
    Optional<String> node =
        directory.isServedHere(address.role())
            ? Optional.of(directory.node())
            : directory.next(address.role(), Set.of());
    if (node.isEmpty()) {
      return Future.failedFuture(BusFault.unavailable(address));
    }
    Set<String> asked = new HashSet<>(Set.of(node.get()));
    return ask(address, address.onNode(node.get()), question, false)
        .onFailure(fault -> suspect(node.get(), fault))
        .recover(fault -> askElsewhere(address, question, asked, fault));
  }

  private <Q extends Record, R> Future<R> askElsewhere(
      Address<Q, R> address, Q question, Set<String> asked, Throwable fault) {
    if (!address.repeatable()) {
      return Future.failedFuture(fault);
    }
    return directory
        .next(address.role(), asked)
        .map(
            node ->
                ask(address, address.onNode(node), question, false)
                    .onFailure(again -> suspect(node, again)))
        .orElseGet(() -> Future.failedFuture(fault));
  }

  private <Q extends Record, R> Future<R> ask(
      Address<Q, R> address, String target, Q question, boolean local) {
    long start = System.nanoTime();
    long timeoutMillis = address.timeout().toMillis() * (local ? LOCAL_PATIENCE : 1);
    DeliveryOptions options =
        new DeliveryOptions()
            .setLocalOnly(local)
            .setCodecName(RecordCodec.nameOf(address.request()))
            .setSendTimeout(timeoutMillis);
    Future<Message<Object>> reply;
    try {
      reply = bus.request(target, question, options);
    } catch (RuntimeException e) {
      return Future.failedFuture(BusFault.of(address, e));
    }
    if (!local) {
      reply = reply.timeout(timeoutMillis + BACKSTOP_MILLIS, TimeUnit.MILLISECONDS);
    }
    return reply
        .transform(
            (message, failure) ->
                failure == null
                    ? Future.succeededFuture(address.reply().cast(message.body()))
                    : Future.<R>failedFuture(BusFault.of(address, failure)))
        .andThen(
            (answer, fault) -> metrics.asked(address, local, System.nanoTime() - start, fault));
  }

  private void suspect(String node, Throwable fault) {
    if (fault instanceof BusFault f
        && (f.kind() == BusFault.Kind.TIMED_OUT || f.kind() == BusFault.Kind.UNAVAILABLE)) {
      directory.suspect(node);
    }
  }
}
