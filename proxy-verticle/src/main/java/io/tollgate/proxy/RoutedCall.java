package io.tollgate.proxy;

import io.tollgate.contract.config.RouteConfig;
import io.tollgate.proxy.meter.RequestBody;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read whole and has its route.
 *
 * @param bytes the body as it came
 * @param body what the gateway understands of it
 * @param model the model asked for; null when the request names none
 */
record RoutedCall(
    InboundCall inbound,
    Purpose purpose,
    RouteConfig route,
    Buffer bytes,
    RequestBody body,
    @Nullable String model) {

  RoutedCall on(RouteConfig other) {
    return new RoutedCall(inbound, purpose, other, bytes, body, model);
  }

  String modelOrBlank() {
    return model == null ? "" : model;
  }
}
