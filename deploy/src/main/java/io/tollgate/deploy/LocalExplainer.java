package io.tollgate.deploy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.auth.KeyAuthenticator;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.explain.ExplainRequest;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.limiter.LimitInsight;
import io.tollgate.limiter.LimiterSetup;
import io.tollgate.proxy.Explainer;
import io.tollgate.quota.QuotaInsight;
import io.tollgate.quota.QuotaSettings;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.Links;
import io.tollgate.store.StoreAddress;
import io.tollgate.store.Stores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Explains without a node: everything that answers runs in this process, opens no port and starts
 * no Redis. Counters are those of the configured stores, an embedded one's if its node runs.
 * Blocks; for the main thread only.
 */
final class LocalExplainer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final LiveConfig config;
  private final Stores stores;
  private final Context loop;

  private LocalExplainer(Vertx vertx, LiveConfig config, Stores stores) {
    this.vertx = vertx;
    this.config = config;
    this.stores = stores;
    this.loop = vertx.getOrCreateContext();
  }

  static LocalExplainer open(TollgateConfig config) throws StartFault {
    Map<String, StoreAddress> addresses = new HashMap<>(StoreAddresses.of(config, null, false));
    if (config.stores().get(StoreConfig.NODE) instanceof StoreConfig.Embedded own) {
      try {
        EmbeddedRedis.running(config.node().dataDir().resolve("redis"), own.timeout())
            .ifPresent(address -> addresses.put(StoreConfig.NODE, address));
      } catch (IOException e) {
        throw new StartFault("the embedded Redis of the node can't be asked: " + e.getMessage());
      }
    }
    MeterRegistry meters = new SimpleMeterRegistry();
    return new LocalExplainer(
        VertxNode.alone(meters), LiveConfig.of(config), new Stores(addresses, meters));
  }

  Explanation explain(ExplainRequest request) throws StartFault, InterruptedException {
    Promise<Explanation> answer = Promise.promise();
    loop.runOnContext(
        go -> {
          Links links = stores.open(vertx, stores.ids());
          links
              .firstAttempts()
              .compose(tried -> explainer(links).explain(request))
              .eventually(links::close)
              .onComplete(answer);
        });
    return Await.done(answer.future(), LIMIT, "explaining");
  }

  private Explainer explainer(Links links) {
    TollgateConfig now = config.config();
    MeterRegistry meters = new SimpleMeterRegistry();
    return new Explainer(
        config,
        new KeyAuthenticator(now.consumers(), now.routes()),
        new LimitInsight(links, LimiterSetup.of(config, meters, new AlertWatch(untold(meters)))),
        new QuotaInsight(links, config.view(QuotaSettings::of)));
  }

  /** Nothing that is only looked at is anything to be told of. */
  private static Alarm untold(MeterRegistry meters) {
    return new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), meters);
  }

  @Override
  public void close() throws StartFault {
    try {
      Await.done(vertx.close(), LIMIT, "closing Vert.x");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
