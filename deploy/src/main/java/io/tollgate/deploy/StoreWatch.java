package io.tollgate.deploy;

import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a link to each store of the configuration, so that it is known whether the store is there
 * although nobody uses it. One instance on a node; {@link #faults} may be asked from any thread.
 */
final class StoreWatch extends VerticleBase {
  private final Stores stores;
  private final Set<String> ids;
  private volatile @Nullable Links links;

  StoreWatch(Stores stores, Set<String> ids) {
    this.stores = stores;
    this.ids = ids;
  }

  /** What is wrong with each store, by id; an empty text when nothing is. */
  Map<String, String> faults() {
    return links == null ? Map.of() : stores.faults();
  }

  /** Completes when each store was looked for once. */
  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, ids);
    links = opened;
    return opened.firstAttempts();
  }

  @Override
  public Future<?> stop() {
    Links opened = links;
    return opened == null ? Future.succeededFuture() : opened.close();
  }
}
