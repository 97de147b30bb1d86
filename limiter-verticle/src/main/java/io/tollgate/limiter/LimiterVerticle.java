package io.tollgate.limiter;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.bus.Subscription;
import io.tollgate.contract.explain.ExplainBus;
import io.tollgate.contract.hold.StoreReplaced;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.share.RequestEnded;
import io.tollgate.store.LeaseSweep;
import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Serves the limiter on one event loop; a node deploys one for each. */
public final class LimiterVerticle extends VerticleBase {
  private final Directory directory;
  private final Stores stores;
  private final LimiterSetup setup;
  private @Nullable BusServer server;
  private @Nullable Links links;
  private @Nullable Subscription ended;
  private @Nullable Subscription healths;
  private List<LeaseSweep> sweeps = List.of();

  public LimiterVerticle(Directory directory, Stores stores, LimiterSetup setup) {
    this.directory = directory;
    this.stores = stores;
    this.setup = setup;
  }

  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, stores.ids(), this::replaced);
    BusServer bound = new BusServer(vertx, directory);
    links = opened;
    server = bound;
    StandIn standIn =
        new StandIn(setup.parts(), () -> directory.players(Role.LIMITER), setup.names());
    ended =
        RequestEnded.TOPIC.subscribe(vertx, end -> standIn.settle(end.requestId(), end.usage()));
    healths = ProviderHealth.TOPIC.subscribe(vertx, setup.healths()::heard);
    Map<String, CounterStore> counters =
        stores.ids().stream()
            .collect(
                Collectors.toMap(id -> id, id -> new CounterStore(opened.to(id), setup.names())));
    RedisLimiter limiter =
        new RedisLimiter(
            setup,
            setup.outages(),
            standIn,
            counters,
            new LimitAlerts(vertx, directory.node(), setup.alerts(), setup::alerting));
    return opened
        .firstAttempts()
        .compose(tried -> LimiterBus.bind(bound, limiter))
        .compose(bus -> ExplainBus.bindLimits(bound, new LimitInsight(opened, setup)))
        .onSuccess(serving -> sweeps = sweep(counters))
        .recover(failure -> stop().transform(closed -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    sweeps.forEach(LeaseSweep::stop);
    return close(server == null ? null : server.close())
        .eventually(() -> close(ended == null ? null : ended.close()))
        .eventually(() -> close(healths == null ? null : healths.close()))
        .eventually(() -> close(links == null ? null : links.close()));
  }

  private static Future<?> close(@Nullable Future<Void> closing) {
    return closing == null ? Future.succeededFuture() : closing;
  }

  private void replaced(String store) {
    StoreReplaced.TOPIC.publish(vertx, new StoreReplaced(store));
  }

  private List<LeaseSweep> sweep(Map<String, CounterStore> counters) {
    return counters.entrySet().stream()
        .map(store -> store.getValue().sweep(vertx, setup.sweepOf(store.getKey())))
        .toList();
  }
}
