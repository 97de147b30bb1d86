package io.tollgate.proxy.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;

/**
 * Writes one answer as events, a token each, at the wanted pace and no faster than the client
 * reads. On its event loop; ends with the answer, with an ordered fault or with the client.
 */
final class TokenStream {
  private final Exchange exchange;
  private final HttpServerResponse response;
  private final AnswerScript script;
  private final boolean tellUsage;
  private final List<Piece> pieces;
  private final Duration interval;
  private final DemoLedger.Page page;
  private final Promise<Void> ended = Promise.promise();
  private int nextPiece;
  private int tokensWritten;

  private TokenStream(
      Exchange exchange, AnswerScript script, Duration interval, DemoLedger.Page page) {
    this.exchange = exchange;
    this.response = exchange.response();
    this.script = script;
    this.tellUsage = script.reply().call().includeUsage() && !exchange.orders().noUsage();
    this.pieces = script.reply().answer().pieces();
    this.interval = interval;
    this.page = page;
  }

  /** Completes when nothing more will be written; never fails. */
  static Future<Void> write(Exchange exchange, AnswerScript script, Duration interval) {
    if (exchange.over()) {
      return Future.succeededFuture();
    }
    if (isCutAfter(0, exchange)) {
      return exchange.cutOff();
    }
    DemoLedger.Page page = exchange.begin(script.reply().promptTokens());
    return new TokenStream(exchange, script, interval, page).write();
  }

  private Future<Void> write() {
    exchange.beginEvents();
    String beginning = script.begin(tellUsage);
    if (!beginning.isEmpty()) {
      exchange.write(Buffer.buffer(beginning));
    }
    response.closeHandler(closed -> breakOff());
    writeOn();
    return ended.future();
  }

  private void writeOn() {
    while (!ended.future().isComplete()) {
      if (exchange.over() || isCutAfter(tokensWritten, exchange)) {
        breakOff();
        return;
      }
      if (nextPiece == pieces.size()) {
        finish();
        return;
      }
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> writeOn());
        return;
      }
      writePiece(pieces.get(nextPiece++));
      if (!interval.isZero() && nextPiece < pieces.size()) {
        exchange.after(interval).onComplete(waited -> writeOn());
        return;
      }
    }
  }

  private void writePiece(Piece piece) {
    tokensWritten += piece.tokens();
    page.written(piece.tokens());
    exchange.write(script.piece(piece));
  }

  private static boolean isCutAfter(int tokens, Exchange exchange) {
    Integer cutAfter = exchange.orders().cutAfter();
    return cutAfter != null && tokens >= cutAfter;
  }

  /** Ends before the answer does, by order or because the client is gone. */
  private void breakOff() {
    if (ended.tryComplete()) {
      page.broken();
      exchange.cutOff();
    }
  }

  private void finish() {
    ended.tryComplete();
    page.whole(tellUsage);
    exchange.end(Buffer.buffer(script.end(tellUsage)));
  }
}
