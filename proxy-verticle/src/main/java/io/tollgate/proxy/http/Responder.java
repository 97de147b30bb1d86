package io.tollgate.proxy.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;

/** Writes the answers that the gateway gives itself. */
public final class Responder {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain";

  /** Names the request to the client. */
  public static final String REQUEST_ID = "x-request-id";

  private static final JsonFactory PARSERS = new JsonFactory();

  private Responder() {}

  public static void refuse(HttpServerRequest request, ErrorBody shape, ErrorAnswer error) {
    HttpServerResponse response = request.response();
    error.headers().forEach(response::putHeader);
    String verbatim = error.verbatim();
    if (verbatim == null) {
      send(request, error.status(), JSON, shape.of(error));
    } else {
      String type = isJson(verbatim) ? JSON : TEXT + "; charset=utf-8";
      send(request, error.status(), type, Buffer.buffer(verbatim));
    }
  }

  /** Does nothing when the client has left. */
  public static void send(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (!response.closed() && !response.ended()) {
      response.setStatusCode(status).putHeader("content-type", type).end(body);
    }
  }

  private static boolean isJson(String text) {
    try (JsonParser parser = PARSERS.createParser(text)) {
      boolean structured = parser.nextToken() != null && parser.currentToken().isStructStart();
      while (parser.nextToken() != null) {
        // Only whether it can be read is of interest.
      }
      return structured;
    } catch (IOException e) {
      return false;
    }
  }
}
