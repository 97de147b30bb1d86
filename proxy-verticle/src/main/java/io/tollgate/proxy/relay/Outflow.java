package io.tollgate.proxy.relay;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an answer's way. What arrives within one turn of the event loop leaves in
 * one write at the end of that turn: each write costs a system call, and nothing is held back for
 * it.
 */
final class Outflow {
  private static final int MAX_PENDING_BYTES = 64 * 1024;

  private final HttpServerResponse client;
  private final Context context;
  private final Runnable full;
  private @Nullable Buffer pending;
  private boolean copied;
  private boolean scheduled;

  /**
   * @param context of the event loop that all this happens on
   * @param full what to do when the client does not keep up
   */
  Outflow(HttpServerResponse client, Context context, Runnable full) {
    this.client = client;
    this.context = context;
    this.full = full;
  }

  /** The head leaves with this turn, with what there is of the body by then. */
  void begin() {
    schedule();
  }

  void write(Buffer piece) {
    if (piece.length() == 0) {
      return;
    }
    pending = joined(piece);
    if (pending.length() >= MAX_PENDING_BYTES) {
      flush();
    } else {
      schedule();
    }
  }

  void end(Buffer last) {
    Buffer rest = last.length() == 0 && pending != null ? pending : joined(last);
    pending = null;
    client.end(rest);
  }

  private Buffer joined(Buffer piece) {
    if (pending == null) {
      copied = false;
      return piece;
    }
    if (!copied) {
      copied = true;
      pending = Buffer.buffer(2 * (pending.length() + piece.length())).appendBuffer(pending);
    }
    return pending.appendBuffer(piece);
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(
          endOfTurn -> {
            scheduled = false;
            flush();
          });
    }
  }

  private void flush() {
    if (client.ended() || client.closed()) {
      return;
    }
    if (pending != null) {
      client.write(pending);
      pending = null;
      if (client.writeQueueFull()) {
        full.run();
      }
    } else if (!client.headWritten()) {
      client.writeHead();
    }
  }
}
