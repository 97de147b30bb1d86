package io.tollgate.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An upstream that costs next to nothing, in a process of its own: a chat answer of about 1 KB, or
 * a stream of 50 chunks, each written by itself. It counts no tokens and reads of a request only
 * whether it asks for a stream and for usage, so that the gateway before it is what is measured.
 */
@Command(name = "fixed-provider")
final class FixedProvider implements Callable<Integer> {
  static final int CHUNKS = 50;

  private static final Buffer ANSWER = Buffer.buffer(answer());
  private static final List<Buffer> STREAM = stream();
  private static final Buffer USAGE =
      event(
          "\"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":50,"
              + "\"total_tokens\":170}");
  private static final Buffer DONE = Buffer.buffer("data: [DONE]\n\n");

  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--pace-millis", defaultValue = "0", description = "from chunk to chunk")
  private int paceMillis;

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));

  public static void main(String[] args) {
    int code = new CommandLine(new FixedProvider()).execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Integer call() throws TimeoutException {
    vertx
        .createHttpServer()
        .requestHandler(request -> request.bodyHandler(body -> answer(request, body)))
        .listen(port, "127.0.0.1")
        .await(10, TimeUnit.SECONDS);
    return 0;
  }

  private void answer(HttpServerRequest request, Buffer body) {
    String text = body.toString(StandardCharsets.ISO_8859_1);
    HttpServerResponse response = request.response();
    if (!text.contains("\"stream\":true")) {
      response.putHeader("content-type", "application/json").end(ANSWER);
      return;
    }
    List<Buffer> events = new ArrayList<>(STREAM);
    if (text.contains("\"include_usage\":true")) {
      events.add(USAGE);
    }
    events.add(DONE);
    response.setChunked(true).putHeader("content-type", "text/event-stream");
    write(response, events, 0);
  }

  private void write(HttpServerResponse response, List<Buffer> events, int next) {
    if (response.closed()) {
      return;
    }
    if (next == events.size() - 1) {
      response.end(events.get(next));
      return;
    }
    response.write(events.get(next));
    // Each chunk in a turn of its own: chunks of one turn would leave in one write.
    if (paceMillis > 0) {
      vertx.setTimer(paceMillis, timer -> write(response, events, next + 1));
    } else {
      vertx.getOrCreateContext().runOnContext(turn -> write(response, events, next + 1));
    }
  }

  private static String answer() {
    return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,"
        + "\"model\":\"bench\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        + "\"content\":\""
        + "A toll is counted for each token. ".repeat(22)
        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":120,"
        + "\"completion_tokens\":50,\"total_tokens\":170}}";
  }

  private static List<Buffer> stream() {
    List<Buffer> events = new ArrayList<>();
    for (int i = 0; i < CHUNKS; i++) {
      events.add(
          event(
              "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word "
                  + i
                  + " \"},\"finish_reason\":"
                  + (i == CHUNKS - 1 ? "\"stop\"" : "null")
                  + "}]"));
    }
    return List.copyOf(events);
  }

  private static Buffer event(String fields) {
    return Buffer.buffer(
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"bench\","
            + fields
            + "}\n\n");
  }
}
