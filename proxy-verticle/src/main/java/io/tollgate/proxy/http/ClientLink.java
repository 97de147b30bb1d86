package io.tollgate.proxy.http;

import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** Watches whether a request's client is still there. Confined to the request's event loop. */
public final class ClientLink {
  private final HttpServerResponse response;
  private boolean gone;
  private @Nullable Runnable whenGone;

  public ClientLink(HttpServerResponse response) {
    this.response = response;
    response.exceptionHandler(fault -> leave());
    response.closeHandler(closed -> leave());
  }

  /** Whether the client left before it had the whole answer. */
  public boolean isGone() {
    return gone;
  }

  /** What to do when the client leaves, in place of what was to be done before. */
  public void whenGone(Runnable action) {
    whenGone = action;
    if (gone) {
      action.run();
    }
  }

  /** Sends a client away that takes nothing any more. */
  public void dismiss() {
    leave();
    response.reset();
  }

  /** Leaving is of no interest any more. */
  public void release() {
    whenGone = null;
  }

  private void leave() {
    if (!gone && !response.ended()) {
      gone = true;
      if (whenGone != null) {
        whenGone.run();
      }
    }
  }
}
