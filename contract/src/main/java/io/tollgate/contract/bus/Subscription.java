package io.tollgate.contract.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;

/** Somebody hears the facts of a {@link Topic}, until it is closed. */
public final class Subscription {
  private final MessageConsumer<?> consumer;

  Subscription(MessageConsumer<?> consumer) {
    this.consumer = consumer;
  }

  /** Completes when facts that other nodes publish are heard, too. */
  public Future<Void> completion() {
    return consumer.completion();
  }

  public Future<Void> close() {
    return consumer.unregister();
  }
}
