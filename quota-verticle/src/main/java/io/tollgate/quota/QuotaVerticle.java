package io.tollgate.quota;

import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The quota role on one event loop; deployed once for each loop of the node. */
public final class QuotaVerticle extends VerticleBase {
  private final Directory directory;
  private final Stores stores;
  private final QuotaSettings settings;
  private final QuotaMonitor monitor;

  private @Nullable Links links;
  private @Nullable BusServer server;
  private @Nullable BalanceRefresh refresh;

  /**
   * @param monitor one for all instances on the node
   */
  public QuotaVerticle(
      Directory directory, Stores stores, QuotaSettings settings, QuotaMonitor monitor) {
    this.directory = directory;
    this.stores = stores;
    this.settings = settings;
    this.monitor = monitor;
  }

  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, settings.stores());
    BusServer serving = new BusServer(vertx, directory);
    links = opened;
    server = serving;
    LedgerQuota quota =
        new LedgerQuota(
            settings,
            settings.stores().stream()
                .collect(Collectors.toMap(id -> id, id -> new Ledger(opened.to(id)))),
            monitor);
    return opened
        .firstAttempts()
        .compose(attempted -> QuotaBus.bind(serving, quota))
        .onSuccess(bound -> refresh = BalanceRefresh.start(vertx, quota, monitor, settings))
        .recover(failure -> close().transform((closed, fault) -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    return close();
  }

  private Future<Void> close() {
    if (refresh != null) {
      refresh.stop();
    }
    Future<Void> unbound = server == null ? Future.succeededFuture() : server.close();
    return unbound.eventually(() -> links == null ? Future.succeededFuture() : links.close());
  }
}
