package io.tollgate.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that hold a connection without using it. */
class SlowClientTest {
  private static final Duration IDLE = Duration.ofMillis(300);
  private static final Duration BODY = Duration.ofMillis(200);

  private final Vertx vertx = Vertx.vertx();
  private final LinkedBlockingQueue<HttpServerRequest> waiting = new LinkedBlockingQueue<>();
  private int port;

  @BeforeEach
  void listen() throws Exception {
    Future<HttpServer> listening =
        Future.future(
            started ->
                vertx.runOnContext(
                    start -> {
                      IdleConnections idle = new IdleConnections(new Deadlines(vertx, IDLE));
                      Deadlines body = new Deadlines(vertx, BODY);
                      vertx
                          .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                          .connectionHandler(idle::opened)
                          .requestHandler(request -> serve(request, idle, body))
                          .listen(0, "127.0.0.1")
                          .onComplete(started);
                    }));
    port = listening.await(10, TimeUnit.SECONDS).actualPort();
  }

  private void serve(HttpServerRequest request, IdleConnections idle, Deadlines deadlines) {
    idle.requestBegins(request.connection());
    request.response().endHandler(end -> idle.requestEnds(request.connection()));
    BodyReader.read(request, 1000, deadlines)
        .onSuccess(
            step -> {
              switch (step) {
                case Step.Next<Buffer> body -> waiting.add(request);
                case Step.Refused<Buffer> refused ->
                    Responder.refuse(request, ErrorBody.OPEN_AI, ErrorAnswer.of(refused.refusal()));
              }
            });
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void a_connection_that_nobody_uses_is_closed() throws Exception {
    try (Socket socket = connect()) {
      assertThat(readAll(socket)).isEmpty();
    }
  }

  @Test
  void a_head_that_does_not_end_is_given_up() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");

      assertThat(readAll(socket)).isEmpty();
    }
  }

  @Test
  void a_body_that_does_not_end_is_given_up_with_words() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345");

      assertThat(readAll(socket)).startsWith("HTTP/1.1 408").contains("request_timeout");
    }
  }

  @Test
  void a_connection_is_closed_some_time_after_its_last_request() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
      answerNext();

      assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("done");
    }
  }

  @Test
  void a_request_in_progress_keeps_its_connection() throws Exception {
    try (Socket idle = connect();
        Socket busy = connect()) {
      write(busy, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
      HttpServerRequest request = waiting.poll(10, TimeUnit.SECONDS);
      assertThat(readAll(idle)).isEmpty();
      try (Socket later = connect()) {
        assertThat(readAll(later)).isEmpty();
      }

      vertx.runOnContext(now -> request.response().end("done"));

      assertThat(readAll(busy)).startsWith("HTTP/1.1 200").endsWith("done");
    }
  }

  private void answerNext() throws InterruptedException {
    HttpServerRequest request = waiting.poll(10, TimeUnit.SECONDS);
    vertx.runOnContext(now -> request.response().end("done"));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All that comes until the other side closes. */
  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
