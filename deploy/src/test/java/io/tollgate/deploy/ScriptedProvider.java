package io.tollgate.deploy;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A provider over real HTTP that answers as a test says, in pieces that leave one by one. */
final class ScriptedProvider implements AutoCloseable {
  /** An answer that has used 7 and 11 tokens. */
  static final String CHAT =
      """
      {"id":"a","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,\
      "message":{"role":"assistant","content":"one two three"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":7,"completion_tokens":11,"total_tokens":18}}""";

  static final long CHAT_TOKENS = 18;

  static final String WORDS =
      """
      data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"gpt-4o",\
      "choices":[{"index":0,"delta":{"content":"one two three"},"finish_reason":null}]}

      """;
  static final String USAGE =
      """
      data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"gpt-4o",\
      "choices":[],"usage":{"prompt_tokens":7,"completion_tokens":11,"total_tokens":18}}

      """;
  static final String DONE = "data: [DONE]\n\n";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server = vertx.createHttpServer();
  private final List<Buffer> received = new CopyOnWriteArrayList<>();
  private volatile Handler<HttpServerRequest> answer = request -> json(request, CHAT);

  ScriptedProvider() throws Exception {
    server.requestHandler(
        request -> {
          request.response().exceptionHandler(gone -> {});
          request
              .body()
              .onSuccess(
                  body -> {
                    received.add(body);
                    answer.handle(request);
                  });
        });
    server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
  }

  int port() {
    return server.actualPort();
  }

  /** From now on; what was received before is forgotten. */
  void answers(Handler<HttpServerRequest> how) {
    received.clear();
    answer = how;
  }

  List<Buffer> received() {
    return received;
  }

  static void json(HttpServerRequest request, String body) {
    request.response().putHeader("content-type", "application/json").end(body);
  }

  /** Answers with a stream of these pieces. */
  Handler<HttpServerRequest> events(String... pieces) {
    return request -> {
      request.response().putHeader("content-type", "text/event-stream");
      inPieces(request, pieces);
    };
  }

  /** Each leaves some time after the one before, so that they arrive one by one. */
  void inPieces(HttpServerRequest request, String... pieces) {
    HttpServerResponse response = request.response();
    response.setChunked(true);
    next(response, List.of(pieces), 0);
  }

  private void next(HttpServerResponse response, List<String> pieces, int place) {
    if (place == pieces.size()) {
      response.end();
      return;
    }
    response.write(pieces.get(place));
    vertx.setTimer(10, later -> next(response, pieces, place + 1));
  }

  /** After this time. */
  void later(int millis, Runnable action) {
    vertx.setTimer(millis, fired -> action.run());
  }

  @Override
  public void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
