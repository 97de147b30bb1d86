package io.tollgate.proxy.http;

import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections on which no request comes to be: those that nobody uses, and those whose
 * client is ever so slow to send a request's head. Confined to one event loop.
 */
public final class IdleConnections {
  private final Deadlines deadlines;
  private final Map<HttpConnection, Use> uses = new HashMap<>();

  public IdleConnections(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  public void opened(HttpConnection connection) {
    Use use = new Use(connection);
    uses.put(connection, use);
    connection.closeHandler(
        closed -> {
          uses.remove(connection);
          use.wait.over();
        });
  }

  public void requestBegins(HttpConnection connection) {
    Use use = uses.get(connection);
    if (use != null) {
      use.requests++;
      use.wait.over();
    }
  }

  public void requestEnds(HttpConnection connection) {
    Use use = uses.get(connection);
    if (use != null && --use.requests == 0) {
      use.wait = deadlines.begin(connection::close);
    }
  }

  private final class Use {
    private int requests;
    private Deadlines.Wait wait;

    private Use(HttpConnection connection) {
      this.wait = deadlines.begin(connection::close);
    }
  }
}
