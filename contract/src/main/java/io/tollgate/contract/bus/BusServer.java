package io.tollgate.contract.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions on the event loop that created it. Whatever the service does (answer, fail,
 * throw, return null) the caller gets a reply.
 *
 * <p>Belongs to one verticle instance; {@link #close} when it stops.
 */
public final class BusServer {
  /** The failure code of a service that failed or threw. */
  static final int SERVICE_FAILED = 500;

  /** A store that is away fails every question; one line a second says so. */
  private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Logger log = LoggerFactory.getLogger(BusServer.class);

  private final Vertx vertx;
  private final Directory directory;
  private final String loop = Thread.currentThread().getName();
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private final List<Address<?, ?>> addresses = new ArrayList<>();
  private long loggedNanos = System.nanoTime() - LOG_INTERVAL_NANOS;
  private long unlogged;

  /** Called on the event loop that is to serve. */
  public BusServer(Vertx vertx, Directory directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /** Completes when the whole cluster can reach the service. */
  public <Q extends Record, R> Future<Void> serve(
      Address<Q, R> address, Function<Q, Future<? extends R>> service) {
    MessageConsumer<Object> near = vertx.eventBus().localConsumer(address.onLoop(loop));
    MessageConsumer<Object> far = vertx.eventBus().consumer(address.onNode(directory.node()));
    near.handler(message -> answer(address, service, message));
    far.handler(message -> answer(address, service, message));
    consumers.add(near);
    consumers.add(far);
    addresses.add(address);
    return Future.all(near.completion(), far.completion())
        .onSuccess(registered -> directory.serve(address, loop))
        .mapEmpty();
  }

  /** Stops answering; questions in progress are still answered. */
  public Future<Void> close() {
    addresses.forEach(address -> directory.stopServing(address, loop));
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private <Q extends Record, R> void answer(
      Address<Q, R> address, Function<Q, Future<? extends R>> service, Message<Object> message) {
    Object body = message.body();
    if (body instanceof ReplyException unreadable) {
      message.reply(unreadable);
      return;
    }
    try {
      service
          .apply(address.request().cast(body))
          .onComplete(
              answer -> reply(address, message, answer),
              failure -> fail(address, message, failure));
    } catch (RuntimeException e) {
      fail(address, message, e);
    }
  }

  private void reply(Address<?, ?> address, Message<Object> message, Object answer) {
    try {
      message.reply(
          answer, new DeliveryOptions().setCodecName(RecordCodec.nameOf(answer.getClass())));
    } catch (RuntimeException e) {
      fail(address, message, e);
    }
  }

  private void fail(Address<?, ?> address, Message<Object> message, Throwable failure) {
    long now = System.nanoTime();
    if (now - loggedNanos >= LOG_INTERVAL_NANOS) {
      log.error("{} failed; {} more since the last such line", address.name(), unlogged, failure);
      loggedNanos = now;
      unlogged = 0;
    } else {
      unlogged++;
    }
    // The text stays here: what it quotes may not be meant for other nodes.
    message.fail(SERVICE_FAILED, failure.getClass().getSimpleName());
  }
}
