package io.tollgate.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.alert.AlertBus;
import io.tollgate.contract.alert.AlertService;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.Webhook;
import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Takes alerts to the operator's webhook. Part of the admin role; one instance on a node. */
public final class WebhookVerticle extends VerticleBase {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  private final Directory directory;
  private final @Nullable Webhook webhook;
  private final MeterRegistry meters;
  private @Nullable BusServer server;
  private @Nullable WebhookQueue queue;

  /**
   * @param webhook null when alerts are posted nowhere
   */
  public WebhookVerticle(Directory directory, @Nullable Webhook webhook, MeterRegistry meters) {
    this.directory = directory;
    this.webhook = webhook;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    BusServer serving = new BusServer(vertx, directory);
    server = serving;
    return AlertBus.bind(serving, service())
        .recover(fault -> stop().transform((stopped, any) -> Future.failedFuture(fault)));
  }

  @Override
  public Future<Void> stop() {
    Future<Void> deaf = server == null ? Future.succeededFuture() : server.close();
    return deaf.eventually(
        () -> queue == null ? Future.succeededFuture() : queue.close(DRAIN_LIMIT));
  }

  private AlertService service() {
    if (webhook == null) {
      return alert -> Future.succeededFuture(Acknowledged.YES);
    }
    queue =
        new WebhookQueue(
            vertx,
            new WebhookClient(vertx, webhook, InstantSource.system()),
            webhook.attempts(),
            FIRST_PAUSE,
            meters);
    return queue;
  }
}
