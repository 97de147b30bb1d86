package io.tollgate.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers. The only place that does. */
final class Responses {
  static final String YAML = "application/yaml; charset=utf-8";
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final Logger log = LoggerFactory.getLogger(Responses.class);
  private static final String JSON_TYPE = "application/json; charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Responses() {}

  static void send(RoutingContext call, Answer answer) {
    HttpServerResponse response = call.response();
    answer.headers().forEach(response::putHeader);
    try {
      send(call, answer.status(), JSON_TYPE, Buffer.buffer(JSON.writeValueAsBytes(answer.body())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer of ours can't be written as JSON", e);
    }
  }

  static void send(RoutingContext call, int status, String type, Buffer body) {
    HttpServerResponse response = call.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader("Content-Type", type)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cache-Control", "no-store")
        .end(body);
  }

  /** A handler threw. */
  static void fail(RoutingContext call) {
    fail(call, call.failure());
  }

  /** What nobody foresaw: told to the log in full, to the caller in general. */
  static void fail(RoutingContext call, @Nullable Throwable fault) {
    log.error("{} {} failed", call.request().method(), call.normalizedPath(), fault);
    send(call, Problem.of(500, "internal_error", "the call failed; the log says why").answer());
  }
}
