package io.tollgate.store;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Passes on that another server answers for a store. Each link of the node finds out by itself, and
 * until the last one has, something may still have been confirmed by the server before: so the
 * first is passed on at once, and those of the next seconds together when they have passed.
 * Thread-safe.
 */
final class Replacements {
  private static final Duration GATHERED = Duration.ofSeconds(5);

  private final Duration gathered;

  /** For each store that was replaced a moment ago, whether it was seen again since. */
  private final Map<String, Boolean> lately = new ConcurrentHashMap<>();

  Replacements() {
    this(GATHERED);
  }

  Replacements(Duration gathered) {
    this.gathered = gathered;
  }

  /** Called on an event loop, on which the listener hears of it. */
  void saw(Vertx vertx, String store, Consumer<String> listener) {
    if (lately.put(store, true) == null) {
      pass(vertx, store, listener);
    }
  }

  private void pass(Vertx vertx, String store, Consumer<String> listener) {
    lately.put(store, false);
    vertx.setTimer(gathered.toMillis(), timer -> end(vertx, store, listener));
    listener.accept(store);
  }

  private void end(Vertx vertx, String store, Consumer<String> listener) {
    if (!lately.remove(store, false)) {
      pass(vertx, store, listener);
    }
  }
}
