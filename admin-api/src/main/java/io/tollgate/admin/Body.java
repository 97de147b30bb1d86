package io.tollgate.admin;

import io.vertx.ext.web.RoutingContext;

/** The bytes of a call's body. */
final class Body {
  private Body() {}

  /** None when there is no body. */
  static byte[] of(RoutingContext call) {
    return call.body().buffer() == null ? new byte[0] : call.body().buffer().getBytes();
  }
}
