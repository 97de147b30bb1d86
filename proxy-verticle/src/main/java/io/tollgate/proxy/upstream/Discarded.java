package io.tollgate.proxy.upstream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** Reads away an answer that nobody wants, so that its connection can be used again. */
final class Discarded {
  /** A longer answer is not worth it: its connection is closed. */
  private static final long MAX_BYTES = 64 * 1024;

  private final HttpClientResponse response;
  private long bytes;

  private Discarded(HttpClientResponse response) {
    this.response = response;
  }

  static void drain(HttpClientResponse response) {
    Discarded discarded = new Discarded(response);
    response.exceptionHandler(fault -> {});
    response.handler(discarded::count);
    response.resume();
  }

  private void count(Buffer piece) {
    bytes += piece.length();
    if (bytes > MAX_BYTES) {
      response.handler(null);
      response.request().reset();
    }
  }
}
