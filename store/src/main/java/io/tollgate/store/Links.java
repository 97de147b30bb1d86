package io.tollgate.store;

import io.vertx.core.Future;
import java.util.Map;

/** The links that one verticle instance uses, by store id; closed together when it stops. */
public record Links(Map<String, RedisLink> byId) {
  public Links {
    byId = Map.copyOf(byId);
  }

  /**
   * The link to a store that was asked for at opening.
   *
   * @throws IllegalArgumentException for any other
   */
  public RedisLink to(String store) {
    RedisLink link = byId.get(store);
    if (link == null) {
      throw new IllegalArgumentException("no link to store " + store + " was opened");
    }
    return link;
  }

  /** Completes when every first attempt to connect has ended either way. */
  public Future<Void> firstAttempts() {
    return Future.all(byId.values().stream().map(RedisLink::firstAttempt).toList()).mapEmpty();
  }

  public Future<Void> close() {
    return Future.join(byId.values().stream().map(RedisLink::close).toList()).mapEmpty();
  }
}
