package io.tollgate.quota;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.bus.Subscription;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.explain.ExplainBus;
import io.tollgate.contract.hold.StoreReplaced;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.share.NodeParts;
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

/** The quota role on one event loop; deployed once for each loop of the node. */
public final class QuotaVerticle extends VerticleBase {
  private final Directory directory;
  private final Stores stores;
  private final Live<QuotaSettings> settings;
  private final QuotaMonitor monitor;
  private final NodeParts parts;

  private @Nullable Links links;
  private @Nullable BusServer server;
  private @Nullable Subscription ended;
  private @Nullable BalanceRefresh refresh;
  private List<LeaseSweep> sweeps = List.of();

  /**
   * @param monitor one for all instances on the node
   * @param parts what goes for balances whose store can't be reached; one for all instances on the
   *     node
   */
  public QuotaVerticle(
      Directory directory,
      Stores stores,
      Live<QuotaSettings> settings,
      QuotaMonitor monitor,
      NodeParts parts) {
    this.directory = directory;
    this.stores = stores;
    this.settings = settings;
    this.monitor = monitor;
    this.parts = parts;
  }

  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, stores.ids(), this::replaced);
    BusServer serving = new BusServer(vertx, directory);
    links = opened;
    server = serving;
    StandIn standIn = new StandIn(parts, () -> directory.players(Role.QUOTA), settings);
    ended =
        RequestEnded.TOPIC.subscribe(vertx, end -> standIn.settle(end.requestId(), end.usage()));
    Map<String, Ledger> ledgers =
        stores.ids().stream()
            .collect(
                Collectors.toMap(
                    id -> id, id -> new Ledger(opened.to(id), key -> settings.now().termsAt(key))));
    BudgetAlerts alerts = new BudgetAlerts(vertx, directory.node(), settings, monitor);
    Books books = new Books(ledgers, monitor, standIn, alerts);
    LedgerQuota quota = new LedgerQuota(settings, books, monitor, standIn);
    return opened
        .firstAttempts()
        .compose(attempted -> QuotaBus.bind(serving, quota))
        .compose(bus -> ExplainBus.bindBalances(serving, new QuotaInsight(opened, settings)))
        .onSuccess(
            bound -> {
              refresh = BalanceRefresh.start(vertx, quota, monitor, settings);
              sweeps = sweep(ledgers);
            })
        .recover(failure -> close().transform((closed, fault) -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    return close();
  }

  private void replaced(String store) {
    StoreReplaced.TOPIC.publish(vertx, new StoreReplaced(store));
  }

  private List<LeaseSweep> sweep(Map<String, Ledger> ledgers) {
    return ledgers.entrySet().stream()
        .map(store -> store.getValue().sweep(vertx, monitor.sweepOf(store.getKey())))
        .toList();
  }

  private Future<Void> close() {
    sweeps.forEach(LeaseSweep::stop);
    if (refresh != null) {
      refresh.stop();
    }
    Future<Void> deaf = ended == null ? Future.succeededFuture() : ended.close();
    Future<Void> unbound = server == null ? Future.succeededFuture() : server.close();
    return Future.join(deaf, unbound)
        .<Void>mapEmpty()
        .eventually(() -> links == null ? Future.succeededFuture() : links.close());
  }
}
