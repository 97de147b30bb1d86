package io.tollgate.contract.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * The typed name of a fact that is published to every node.
 *
 * @param name {@code tollgate.event.<fact>}
 */
public record Topic<E extends Record>(String name, Class<E> event) {

  /** Tells every subscriber, on this node and the others. Nobody confirms. */
  public void publish(Vertx vertx, E fact) {
    vertx
        .eventBus()
        .publish(name, fact, new DeliveryOptions().setCodecName(RecordCodec.nameOf(event)));
  }

  /**
   * Hears every fact on the calling event loop, until the subscription is closed. What can't be
   * read is passed over.
   */
  public Subscription subscribe(Vertx vertx, Consumer<E> subscriber) {
    MessageConsumer<Object> consumer = vertx.eventBus().consumer(name);
    consumer.handler(
        message -> {
          if (event.isInstance(message.body())) {
            subscriber.accept(event.cast(message.body()));
          }
        });
    return new Subscription(consumer);
  }
}
