package io.tollgate.admin;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/**
 * One operation of the port.
 *
 * @param path in OpenAPI's notation: {@code {consumer}} stands for a segment
 * @param secured whether it takes the administrator's token
 */
record Endpoint(HttpMethod method, String path, boolean secured, Handler<RoutingContext> handler) {
  /** The path in the router's notation. */
  String pattern() {
    return path.replace("{", ":").replace("}", "");
  }

  boolean hasBody() {
    return method.equals(HttpMethod.PUT) || method.equals(HttpMethod.POST);
  }
}
