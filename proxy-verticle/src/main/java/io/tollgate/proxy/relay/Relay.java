package io.tollgate.proxy.relay;

import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.Interest;
import io.tollgate.proxy.upstream.Attempt;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes one answer on: each piece at once, metered on its way, no faster than the client takes
 * them. When the client leaves, the answer is read on as long as it is wanted; then the provider is
 * told to stop.
 *
 * <p>Confined to the request's event loop.
 */
public final class Relay {
  private static final long CANCEL = 8;

  /** Headers that speak of the bytes that the provider has sent, and of no others. */
  private static final List<String> OF_THE_BYTES =
      List.of("content-encoding", "content-length", "content-md5", "digest", "content-digest");

  private final HttpClientResponse upstream;
  private final Deadlines patience;
  private final HttpServerResponse client;
  private final Interest interest;
  private final boolean bodiless;
  private final AnswerFlow flow;
  private final @Nullable Stopping stopping;
  private final Supplier<Buffer> lastWords;
  private final Supplier<Future<Void>> durable;
  private final Outflow out;
  private final Promise<Passage> passage = Promise.promise();
  private boolean openEnded;
  private boolean waitsForClient;
  private long firstByteNanos;
  private long lastMoveNanos = System.nanoTime();
  private Deadlines.@Nullable Wait wait;

  private Relay(
      Attempt.Answered answer,
      HttpServerRequest request,
      Interest interest,
      Reading reading,
      Supplier<Buffer> lastWords,
      Supplier<Future<Void>> durable) {
    this.upstream = answer.response();
    this.patience = answer.patience();
    this.client = request.response();
    this.interest = interest;
    this.bodiless = isBodiless(request.method(), upstream.statusCode());
    this.flow =
        AnswerFlow.of(
            bodiless ? ContentEncoding.PLAIN : ContentEncoding.of(upstream.headers()),
            request.headers(),
            isEventStream(upstream) ? reading : reading.ofDocument());
    this.stopping = reading.stopping();
    this.lastWords = lastWords;
    this.durable = durable;
    Context context = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
    this.out = new Outflow(client, context, this::clientIsSlow);
  }

  /**
   * The client's response has its status and headers, but is not begun; the provider's is paused.
   *
   * @param lastWords the event that tells the client when a stream breaks off
   * @param durable what the end of the answer waits for, once its passage is complete
   * @return how it ended; never fails
   */
  public static Future<Passage> pass(
      Attempt.Answered answer,
      HttpServerRequest request,
      Interest interest,
      Reading reading,
      Supplier<Buffer> lastWords,
      Supplier<Future<Void>> durable) {
    Relay relay = new Relay(answer, request, interest, reading, lastWords, durable);
    relay.frame();
    relay.start();
    return relay.passage.future();
  }

  private static boolean isBodiless(HttpMethod method, int status) {
    return method.equals(HttpMethod.HEAD) || status == 204 || status == 304;
  }

  private void frame() {
    if (flow.changesBytes()) {
      OF_THE_BYTES.forEach(client.headers()::remove);
    }
    openEnded = !bodiless && !client.headers().contains("content-length");
    if (openEnded) {
      client.setChunked(true);
    }
  }

  private void start() {
    interest.whenLost(this::abandon);
    if (interest.isLost()) {
      return;
    }
    upstream.handler(this::piece);
    upstream.endHandler(end -> finish());
    upstream.exceptionHandler(fault -> breakOff());
    watch();
    if (!interest.isUnseen()) {
      client.drainHandler(drained -> goOn());
      interest.whenUnseen(this::goOn);
      out.begin();
    }
    upstream.resume();
  }

  private void watch() {
    wait = patience.begin(this::nothingHappened);
  }

  /** Called once in a while: most often something did happen since. */
  private void nothingHappened() {
    if (System.nanoTime() - lastMoveNanos < patience.length().toNanos()) {
      watch();
    } else if (waitsForClient) {
      watch();
      interest.dismissClient();
    } else {
      upstream.request().reset(CANCEL);
      breakOff();
    }
  }

  private void clientIsSlow() {
    waitsForClient = true;
    upstream.pause();
  }

  private void goOn() {
    lastMoveNanos = System.nanoTime();
    waitsForClient = false;
    upstream.resume();
  }

  private void piece(Buffer piece) {
    if (passage.future().isComplete()) {
      return;
    }
    lastMoveNanos = System.nanoTime();
    if (interest.isUnseen()) {
      flow.pass(piece);
      interest.unseen(piece.length());
      if (flow.isStopped()) {
        abandon();
      }
      return;
    }
    if (firstByteNanos == 0) {
      firstByteNanos = lastMoveNanos;
    }
    out.write(flow.pass(piece));
    if (flow.isStopped() && stopping != null) {
      stop(stopping);
    } else if (flow.isStuck()) {
      upstream.request().reset(CANCEL);
      breakOff();
    }
  }

  private void stop(Stopping how) {
    // First, as resetting makes the provider's answer look broken.
    complete(Passage.End.STOPPED);
    upstream.request().reset(CANCEL);
    how.words().onSuccess(this::end);
  }

  private void finish() {
    if (passage.future().isComplete()) {
      return;
    }
    if (interest.isUnseen()) {
      complete(Passage.End.CLIENT_GONE);
      return;
    }
    boolean whole = flow.isWhole();
    if (!whole && flow.changesBytes()) {
      breakOff();
      return;
    }
    Buffer rest = flow.rest();
    // First, so that the bill is on its way before the client can ask again, and before a server
    // that only waits for this request has shut down.
    complete(whole ? Passage.End.WHOLE : Passage.End.BROKEN_OFF);
    end(rest);
  }

  private void breakOff() {
    if (passage.future().isComplete()) {
      return;
    }
    if (interest.isUnseen()) {
      complete(Passage.End.CLIENT_GONE);
      return;
    }
    complete(Passage.End.BROKEN_OFF);
    if (openEnded && isEventStream(upstream)) {
      // The provider may have broken off within an event, which ends here.
      end(Buffer.buffer("\n\n").appendBuffer(lastWords.get()));
    } else {
      client.reset();
    }
  }

  private void abandon() {
    if (!passage.future().isComplete()) {
      // First, as resetting makes the provider's answer look broken.
      complete(Passage.End.CLIENT_GONE);
      upstream.request().reset(CANCEL);
    }
  }

  private void end(Buffer rest) {
    durable
        .get()
        .onComplete(
            safe -> {
              if (!client.closed()) {
                out.end(rest);
              }
            });
  }

  private void complete(Passage.End end) {
    if (wait != null) {
      wait.over();
    }
    interest.end();
    flow.close();
    passage.tryComplete(new Passage(end, firstByteNanos));
  }

  private static boolean isEventStream(HttpClientResponse response) {
    String type = response.getHeader("content-type");
    return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
  }
}
