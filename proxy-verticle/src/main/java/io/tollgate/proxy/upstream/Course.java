package io.tollgate.proxy.upstream;

import io.vertx.core.Future;

/** Follows one request from provider to provider. Called on the request's event loop. */
public interface Course {
  /**
   * A provider took the whole request and was lost before it said anything.
   *
   * @param model as it was asked for it; empty when the request names none
   */
  void promptRead(String provider, String model);

  /**
   * The provider before failed.
   *
   * @return whether this one may be asked in its place; never fails
   */
  Future<Boolean> mayAsk(String provider);
}
