package io.tollgate.proxy.upstream;

import io.tollgate.proxy.http.Deadlines;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/**
 * Reads away an answer that nobody wants, so that its connection can be used again. One that is too
 * long, or not at its end in time, loses its connection.
 */
final class Discarded {
  private static final long MAX_BYTES = 64 * 1024;

  private final HttpClientResponse response;
  private final Deadlines.Wait wait;
  private long bytes;

  private Discarded(Attempt.Answered answer) {
    this.response = answer.response();
    this.wait = answer.patience().begin(this::giveUp);
  }

  static void drain(Attempt.Answered answer) {
    Discarded discarded = new Discarded(answer);
    discarded.response.exceptionHandler(fault -> discarded.wait.over());
    discarded.response.endHandler(end -> discarded.wait.over());
    discarded.response.handler(discarded::count);
    discarded.response.resume();
  }

  private void count(Buffer piece) {
    bytes += piece.length();
    if (bytes > MAX_BYTES) {
      wait.over();
      giveUp();
    }
  }

  private void giveUp() {
    response.handler(null);
    response.request().reset();
  }
}
