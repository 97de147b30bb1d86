package io.tollgate.store;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which server a link has found, and whether it is another one than before. A probe asks it, and
 * shows at the same time that it takes writes.
 */
final class KnownServer {
  private static final Script PROBE = Script.load(KnownServer.class, "probe.lua");
  private static final String UNKNOWN = "";

  private final Supplier<String> probeKey;
  private final Runnable replaced;
  private boolean isSuccessor;
  private @Nullable String name;

  /**
   * @param probeKey a key that the server would have, and that nobody sets
   * @param isSuccessor whether another server has served before it
   * @param replaced to be told of another server than before
   */
  KnownServer(Supplier<String> probeKey, boolean isSuccessor, Runnable replaced) {
    this.probeKey = probeKey;
    this.isSuccessor = isSuccessor;
    this.replaced = replaced;
  }

  /** Completes when the server can serve; fails with a {@link StoreFault} when it can't. */
  Future<String> probe(Session session) {
    return session
        .run(PROBE, List.of(probeKey.get()), List.of())
        .map(
            answer -> {
              String runId = answer.get(0).toString();
              return runId.isEmpty() ? UNKNOWN : runId + '/' + answer.get(1);
            });
  }

  /** Where the server does not tell who it is, every connection leads to another. */
  void isAtNewConnection(String found) {
    if ((!found.equals(name) || found.equals(UNKNOWN)) && (name != null || isSuccessor)) {
      replaced.run();
    }
    isSuccessor = false;
    name = found;
  }

  void isAtSameConnection(String found) {
    if (!found.equals(UNKNOWN)) {
      isAtNewConnection(found);
    }
  }
}
