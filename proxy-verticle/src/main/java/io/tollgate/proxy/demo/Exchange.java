package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One request and its answer on the wire, with the faults that were ordered for it. */
final class Exchange {
  private static final String CALL_HEADER = "x-demo-call";
  private static final CharSequence JSON_TYPE = HttpHeaders.createOptimized("application/json");
  private static final CharSequence EVENTS_TYPE =
      HttpHeaders.createOptimized("text/event-stream; charset=utf-8");

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final DemoOrders orders;
  private final DemoLedger ledger;
  private DemoLedger.@Nullable Page page;

  Exchange(Vertx vertx, HttpServerRequest request, DemoOrders orders, DemoLedger ledger) {
    this.vertx = vertx;
    this.request = request;
    this.orders = orders;
    this.ledger = ledger;
  }

  DemoOrders orders() {
    return orders;
  }

  /**
   * The prompt has been read, and counts from now on: whoever leaves or is cut off while he waits
   * for the answer has had that.
   */
  void promptRead(int promptTokens) {
    DemoLedger.Page opened = begin(promptTokens);
    response().closeHandler(closed -> opened.broken());
  }

  /** The answer's page in the ledger. */
  DemoLedger.Page begin(int promptTokens) {
    if (page == null) {
      page = ledger.begin(request.getHeader(CALL_HEADER), promptTokens);
    }
    return page;
  }

  HttpServerResponse response() {
    return request.response();
  }

  boolean over() {
    return response().closed() || response().ended();
  }

  Future<Void> send(int status, JsonNode body) {
    if (over()) {
      return Future.succeededFuture();
    }
    return response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE)
        .end(DemoJson.bytes(body));
  }

  Future<Void> refuse(DemoRefusal refusal) {
    boolean anthropic = DemoHandler.MESSAGES_PATH.equals(request.path());
    return send(refusal.status(), anthropic ? refusal.anthropicBody() : refusal.body());
  }

  /** Waits as long as the pace and the orders want before the head of an answer. */
  Future<Void> pause(Duration thinking) {
    return after(thinking.plus(orders.delay()));
  }

  /** Waits; at least a millisecond if at all. */
  Future<Void> after(Duration wait) {
    return wait.isZero()
        ? Future.succeededFuture()
        : vertx.timer(Math.max(1, wait.toMillis())).mapEmpty();
  }

  /** Sends a whole answer. A document that is cut counts in full: the model has made all of it. */
  Future<Void> document(Buffer body, int promptTokens, int completionTokens) {
    Integer cut = orders.cutAfter();
    if (over()) {
      return Future.succeededFuture();
    }
    if (cut != null && cut == 0) {
      return cutOff();
    }
    DemoLedger.Page written = begin(promptTokens);
    written.written(completionTokens);
    response().putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE);
    if (cut == null) {
      written.whole(!orders.noUsage());
      response().setChunked(orders.split() != null);
      return end(body);
    }
    written.broken();
    response()
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
        .write(body.getBuffer(0, body.length() / 2));
    return cutOff();
  }

  /** Writes on, in the pieces that were ordered. */
  void write(Buffer part) {
    int size = orders.split() == null ? part.length() : orders.split();
    for (int from = 0; from < part.length(); from += size) {
      response().write(part.getBuffer(from, Math.min(part.length(), from + size)));
    }
  }

  /** Writes the rest of the answer. */
  Future<Void> end(Buffer last) {
    if (orders.split() == null) {
      return response().end(last);
    }
    write(last);
    return response().end();
  }

  void beginEvents() {
    response().putHeader(HttpHeaders.CONTENT_TYPE, EVENTS_TYPE).setChunked(true);
  }

  /** Closes the connection, or leaves it as it is for the client to give up. */
  Future<Void> cutOff() {
    if (page != null) {
      page.broken();
    }
    return orders.breakAfter() == null ? Future.succeededFuture() : request.connection().close();
  }
}
