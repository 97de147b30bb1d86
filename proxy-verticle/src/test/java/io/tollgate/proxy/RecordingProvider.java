package io.tollgate.proxy;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A provider over real HTTP that keeps what it is sent and answers as a test says. */
final class RecordingProvider {
  static final String ANSWER =
      """
      {"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
      "message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":7,"completion_tokens":11,"total_tokens":18}}""";

  record Received(String method, String uri, MultiMap headers, Buffer body) {}

  final List<Received> received = new CopyOnWriteArrayList<>();

  /** Gets an item for each request that was cut off before its answer's end. */
  final LinkedBlockingQueue<String> cancelled = new LinkedBlockingQueue<>();

  volatile Handler<HttpServerRequest> answer = RecordingProvider::answerJson;

  private final Vertx vertx;
  private final HttpServer server;

  private RecordingProvider(Vertx vertx) {
    this.vertx = vertx;
    this.server = vertx.createHttpServer();
    server.requestHandler(
        request -> {
          request.response().exceptionHandler(gone -> {});
          request
              .response()
              .closeHandler(
                  closed -> {
                    if (!request.response().ended()) {
                      cancelled.add(request.uri());
                    }
                  });
          request
              .body()
              .onSuccess(
                  body -> {
                    received.add(
                        new Received(
                            request.method().name(), request.uri(), request.headers(), body));
                    answer.handle(request);
                  });
        });
  }

  static RecordingProvider start(Vertx vertx) throws Exception {
    RecordingProvider provider = new RecordingProvider(vertx);
    Future<HttpServer> listening = provider.server.listen(0, "127.0.0.1");
    listening.await(5, TimeUnit.SECONDS);
    return provider;
  }

  Vertx vertx() {
    return vertx;
  }

  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/base/v1");
  }

  Received only() {
    if (received.size() != 1) {
      throw new AssertionError("the provider got " + received.size() + " requests");
    }
    return received.getFirst();
  }

  static void answerJson(HttpServerRequest request) {
    request.response().putHeader("content-type", "application/json").end(ANSWER);
  }
}
