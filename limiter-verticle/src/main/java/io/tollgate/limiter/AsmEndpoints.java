package io.tollgate.limiter;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** The paths of the ASM interface. As in ASM's example no path asks for a certain method. */
final class AsmEndpoints implements Handler<HttpServerRequest> {
  private final RateLimitEndpoint check;
  private final UpdateEndpoint update;

  AsmEndpoints(RateLimitEndpoint check, UpdateEndpoint update) {
    this.check = check;
    this.update = update;
  }

  @Override
  public void handle(HttpServerRequest request) {
    switch (String.valueOf(request.path())) {
      case "/ratelimit" -> check.handle(request);
      case "/update_ratelimit_record" -> update.handle(request);
      default ->
          refuse(request.response(), 404, "the paths are /ratelimit and /update_ratelimit_record");
    }
  }

  /** An answer of which ASM's interface says nothing. */
  static void refuse(HttpServerResponse response, int status, String message) {
    if (!response.ended()) {
      send(
          response.setStatusCode(status),
          new JsonObject().put("error", new JsonObject().put("message", message)));
    }
  }

  static void send(HttpServerResponse response, JsonObject body) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(Buffer.buffer(body.encode()));
  }
}
