package io.tollgate.store;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

  /** For each store that was replaced a moment ago, who is to hear that it was seen again since. */
  private final Map<String, Optional<Consumer<String>>> lately = new HashMap<>();

  Replacements() {
    this(GATHERED);
  }

  Replacements(Duration gathered) {
    this.gathered = gathered;
  }

  /** Called on an event loop; the listener hears of it on this one or another. */
  void saw(Vertx vertx, String store, Consumer<String> listener) {
    if (isFirst(store, listener)) {
      pass(vertx, store, listener);
    }
  }

  private synchronized boolean isFirst(String store, Consumer<String> listener) {
    boolean isFirst = !lately.containsKey(store);
    lately.put(store, isFirst ? Optional.empty() : Optional.of(listener));
    return isFirst;
  }

  private void pass(Vertx vertx, String store, Consumer<String> listener) {
    vertx.setTimer(
        gathered.toMillis(),
        timer -> again(store).ifPresent(waiting -> pass(vertx, store, waiting)));
    listener.accept(store);
  }

  /** Who has seen it again; with nobody, the next one is the first again. */
  private synchronized Optional<Consumer<String>> again(String store) {
    Optional<Consumer<String>> waiting = lately.remove(store);
    if (waiting != null && waiting.isPresent()) {
      lately.put(store, Optional.empty());
      return waiting;
    }
    return Optional.empty();
  }
}
