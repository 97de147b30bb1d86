package io.tollgate.proxy.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Collects one request's body, up to a size and within a time. */
public final class BodyReader {
  private final HttpServerRequest request;
  private final long maxBytes;
  private final Promise<Step<Buffer>> body = Promise.promise();
  private final Deadlines.Wait deadline;
  private Buffer collected = Buffer.buffer();
  private @Nullable Buffer growing;

  private BodyReader(HttpServerRequest request, long maxBytes, Deadlines deadlines) {
    this.request = request;
    this.maxBytes = maxBytes;
    this.deadline = deadlines.begin(() -> refuse(new Refusal.BodyTooSlow(deadlines.length())));
  }

  /**
   * Called before anything else reads the request. What comes after a refusal is thrown away
   * unread.
   */
  public static Future<Step<Buffer>> read(
      HttpServerRequest request, long maxBytes, Deadlines deadlines) {
    BodyReader reader = new BodyReader(request, maxBytes, deadlines);
    reader.start();
    return reader.body.future();
  }

  private void start() {
    request.handler(this::collect);
    request.endHandler(end -> finish(Step.next(collected)));
    request.exceptionHandler(gone -> refuse(new Refusal.ClientGone()));
    if (announced() > maxBytes) {
      refuse(new Refusal.BodyTooLarge(maxBytes));
    } else if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      request.response().writeContinue();
    }
  }

  private long announced() {
    String length = request.getHeader("content-length");
    // The parser has already refused what is not a number.
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  private void collect(Buffer piece) {
    if (body.future().isComplete()) {
      return;
    }
    if (collected.length() + (long) piece.length() > maxBytes) {
      refuse(new Refusal.BodyTooLarge(maxBytes));
    } else if (collected.length() == 0) {
      collected = piece;
    } else {
      collected = growing().appendBuffer(piece);
    }
  }

  /** The first piece is the whole body as a rule, so it is copied only when a second one comes. */
  private Buffer growing() {
    if (growing == null) {
      growing = Buffer.buffer(collected.length() * 2).appendBuffer(collected);
    }
    return growing;
  }

  private void refuse(Refusal refusal) {
    collected = Buffer.buffer();
    growing = null;
    finish(Step.refuse(refusal));
  }

  private void finish(Step<Buffer> outcome) {
    deadline.over();
    body.tryComplete(outcome);
  }
}
