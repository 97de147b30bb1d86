package io.tollgate.deploy;

import io.tollgate.store.Links;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each store every second whether it is there, and says so in the log when that changes. One
 * instance on a node; {@link #faults} may be asked from any thread.
 */
final class StoreWatch extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(StoreWatch.class);
  private static final long INTERVAL_MILLIS = Duration.ofSeconds(1).toMillis();
  private static final String REACHABLE = "";

  private final Stores stores;
  private final Set<String> ids;
  private final Map<String, String> states = new ConcurrentHashMap<>();
  private @Nullable Links links;

  StoreWatch(Stores stores, Set<String> ids) {
    this.stores = stores;
    this.ids = ids;
  }

  /** What is wrong with each store, by id; an empty text when nothing is. */
  Map<String, String> faults() {
    return new TreeMap<>(states);
  }

  /** Completes when each store has answered once, or has not. */
  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, ids);
    links = opened;
    return opened
        .firstAttempts()
        .compose(tried -> Future.all(opened.byId().values().stream().map(this::ask).toList()))
        .onSuccess(asked -> vertx.setPeriodic(INTERVAL_MILLIS, id -> askAll(opened)));
  }

  @Override
  public Future<?> stop() {
    return links == null ? Future.succeededFuture() : links.close();
  }

  private void askAll(Links opened) {
    opened.byId().values().forEach(this::ask);
  }

  private Future<Void> ask(RedisLink link) {
    return link.send(Command.PING)
        .map(pong -> REACHABLE)
        .otherwise(fault -> String.valueOf(fault.getMessage()))
        .onSuccess(state -> saw(link.id(), state))
        .mapEmpty();
  }

  private void saw(String store, String state) {
    String before = states.put(store, state);
    if (!state.isEmpty() && (before == null || before.isEmpty())) {
      log.warn("{}; limits and quotas there do what their key fail says until it is back", state);
    } else if (state.isEmpty() && before != null && !before.isEmpty()) {
      log.info("store {} is back", store);
    }
  }
}
