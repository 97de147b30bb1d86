package io.tollgate.bench.accuracy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One call over HTTP, with the client's part of what goes wrong. Confined to one event loop. */
final class Caller {
  /** Far longer than any timeout of the gateway. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long CANCEL = 8;
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final CallPlan plan;
  private final String node;
  private final Vertx vertx;
  private final long startMillis = System.currentTimeMillis();
  private final Promise<Heard> heard = Promise.promise();
  private @Nullable HttpClientRequest request;
  private @Nullable Integer status;
  private @Nullable String requestId;
  private @Nullable Long headMillis;
  private int events;
  private int matched;
  private byte last;

  private Caller(CallPlan plan, String node, Vertx vertx) {
    this.plan = plan;
    this.node = node;
    this.vertx = vertx;
  }

  /**
   * Calls; on the event loop of the context.
   *
   * @param node the name of the node's present start
   * @return what the client saw; never fails
   */
  static Future<Heard> call(CallPlan plan, String node, int port, HttpClient client, Vertx vertx) {
    return call(plan, node, port, client, vertx, PATIENCE);
  }

  /**
   * @param patience until the call is given up as hung
   */
  static Future<Heard> call(
      CallPlan plan, String node, int port, HttpClient client, Vertx vertx, Duration patience) {
    Caller caller = new Caller(plan, node, vertx);
    caller.send(client, port, patience);
    return caller.heard.future();
  }

  private void send(HttpClient client, int port, Duration patience) {
    long hung = vertx.setTimer(patience.toMillis(), timer -> giveUp(Heard.End.HUNG));
    heard.future().onComplete(end -> vertx.cancelTimer(hung));
    if (plan.leaveAfterMillis() != null) {
      vertx.setTimer(plan.leaveAfterMillis(), timer -> giveUp(Heard.End.LEFT));
    }
    client
        .request(options(port))
        .onSuccess(this::sent)
        .onFailure(fault -> end(Heard.End.NO_CONNECTION));
  }

  private RequestOptions options(int port) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/v1/chat/completions")
            .setConnectTimeout(2000)
            .putHeader("content-type", "application/json")
            .putHeader("x-api-key", Consumers.keyOf(plan.consumer()))
            .putHeader(GatewayConfig.CALL_HEADER, plan.id());
    if (plan.tokens() != null) {
      options.putHeader("x-demo-tokens", Integer.toString(plan.tokens()));
    }
    return plan.fault() == null ? options : options.putHeader("x-demo-fault", plan.fault());
  }

  private void sent(HttpClientRequest connected) {
    request = connected;
    if (heard.future().isComplete()) {
      connected.reset(CANCEL);
      return;
    }
    connected.send(body()).onSuccess(this::head).onFailure(fault -> end(Heard.End.BROKEN));
  }

  private Buffer body() {
    JsonObject body =
        new JsonObject()
            .put("model", plan.model())
            .put("stream", plan.stream())
            .put(
                "messages",
                new JsonArray()
                    .add(new JsonObject().put("role", "user").put("content", plan.prompt())));
    if (plan.stream() && plan.asksUsage()) {
      body.put("stream_options", new JsonObject().put("include_usage", true));
    }
    return body.toBuffer();
  }

  private void head(HttpClientResponse response) {
    status = response.statusCode();
    requestId = response.getHeader("x-request-id");
    headMillis = System.currentTimeMillis();
    response.handler(this::piece);
    response.exceptionHandler(fault -> end(Heard.End.BROKEN));
    response.endHandler(over -> end(whole()));
    leaveWhenDue();
  }

  private void piece(Buffer piece) {
    for (int i = 0; i < piece.length(); i++) {
      byte next = piece.getByte(i);
      events += next == '\n' && last == '\n' ? 1 : 0;
      matched =
          matched < DONE.length && next == DONE[matched] ? matched + 1 : next == DONE[0] ? 1 : 0;
      last = next;
    }
    leaveWhenDue();
  }

  private void leaveWhenDue() {
    if (plan.leaveAfterEvents() != null && events >= plan.leaveAfterEvents()) {
      giveUp(Heard.End.LEFT);
    }
  }

  private Heard.End whole() {
    if (status == null || status >= 400) {
      return Heard.End.REFUSED;
    }
    return plan.stream() && matched != DONE.length ? Heard.End.BROKEN : Heard.End.WHOLE;
  }

  private void giveUp(Heard.End end) {
    if (end(end) && request != null) {
      request.reset(CANCEL);
    }
  }

  private boolean end(Heard.End end) {
    return heard.tryComplete(
        new Heard(
            end,
            node,
            status,
            requestId,
            startMillis,
            headMillis,
            System.currentTimeMillis(),
            events));
  }
}
