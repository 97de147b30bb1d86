package io.tollgate.proxy.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Reads a request's body as long as it stays within its bound. */
final class BoundedBody {
  private final int maxBytes;
  private final Buffer body = Buffer.buffer();
  private boolean tooLarge;

  private BoundedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The body; null when it is too large, of which the rest is read and thrown away. */
  static Future<@Nullable Buffer> of(HttpServerRequest request, int maxBytes) {
    return new BoundedBody(maxBytes).read(request);
  }

  private Future<@Nullable Buffer> read(HttpServerRequest request) {
    Promise<@Nullable Buffer> whole = Promise.promise();
    request.handler(this::append);
    request.endHandler(end -> whole.tryComplete(tooLarge ? null : body));
    request.exceptionHandler(whole::tryFail);
    return whole.future();
  }

  private void append(Buffer chunk) {
    tooLarge |= body.length() + chunk.length() > maxBytes;
    if (!tooLarge) {
      body.appendBuffer(chunk);
    }
  }
}
