package io.tollgate.proxy.upstream;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Follows one request from provider to provider. Called on the request's event loop. */
public interface Course {
  /** The most output tokens of each text for the provider that is asked now; null for no cap. */
  @Nullable Long outputCap();

  /**
   * The provider that is asked took the whole request and was lost before it said anything.
   *
   * @param model as it was asked for it; empty when the request names none
   */
  void promptRead(String model);

  /**
   * The provider before failed.
   *
   * @return whether this one may be asked in its place; never fails
   */
  Future<Boolean> mayAsk(String provider);
}
