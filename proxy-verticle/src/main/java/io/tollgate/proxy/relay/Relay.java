package io.tollgate.proxy.relay;

import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.meter.UsageChunkFilter;
import io.tollgate.proxy.meter.UsageMeter;
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
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes one answer on: each piece at once, metered on its way, no faster than the client takes
 * them. When the client leaves, the provider is told to stop.
 *
 * <p>Confined to the request's event loop.
 */
public final class Relay {
  private static final long CANCEL = 8;
  private static final Buffer NOTHING = Buffer.buffer();

  private final HttpClientResponse upstream;
  private final Deadlines patience;
  private final HttpServerResponse client;
  private final ClientLink link;
  private final UsageMeter meter;
  private final @Nullable UsageChunkFilter filter;
  private final Supplier<Buffer> lastWords;
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
      ClientLink link,
      UsageMeter meter,
      boolean hidesUsage,
      Supplier<Buffer> lastWords) {
    this.upstream = answer.response();
    this.patience = answer.patience();
    this.client = request.response();
    this.link = link;
    this.meter = meter;
    this.filter = hidesUsage && isEventStream(upstream) ? new UsageChunkFilter(meter) : null;
    this.lastWords = lastWords;
    Context context = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
    this.out = new Outflow(client, context, this::clientIsSlow);
  }

  /**
   * The client's response has its status and headers, but is not begun; the provider's is paused.
   *
   * @param hidesUsage whether to take out the chunk with the usage, as the client asked for none
   * @param lastWords the event that tells the client when a stream breaks off
   * @return how it ended; never fails
   */
  public static Future<Passage> pass(
      Attempt.Answered answer,
      HttpServerRequest request,
      ClientLink link,
      UsageMeter meter,
      boolean hidesUsage,
      Supplier<Buffer> lastWords) {
    Relay relay = new Relay(answer, request, link, meter, hidesUsage, lastWords);
    relay.frame(request.method());
    relay.start();
    return relay.passage.future();
  }

  private void frame(HttpMethod method) {
    if (filter != null) {
      client.headers().remove("content-length");
    }
    boolean bodiless =
        method.equals(HttpMethod.HEAD)
            || upstream.statusCode() == 204
            || upstream.statusCode() == 304;
    openEnded = !bodiless && !client.headers().contains("content-length");
    if (openEnded) {
      client.setChunked(true);
    }
  }

  private void start() {
    link.whenGone(this::abandon);
    if (link.isGone()) {
      return;
    }
    upstream.handler(this::piece);
    upstream.endHandler(end -> finish());
    upstream.exceptionHandler(fault -> breakOff());
    client.drainHandler(drained -> goOn());
    watch();
    out.begin();
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
      client.reset();
      abandon();
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
    if (link.isGone()) {
      return;
    }
    lastMoveNanos = System.nanoTime();
    if (firstByteNanos == 0) {
      firstByteNanos = lastMoveNanos;
    }
    if (filter != null) {
      out.write(filter.pass(piece));
    } else {
      meter.accept(piece);
      out.write(piece);
    }
  }

  private void finish() {
    if (!passage.future().isComplete()) {
      link.release();
      Buffer rest = filter == null ? NOTHING : filter.rest();
      // First, so that the bill is on its way before the client can ask again, and before a server
      // that only waits for this request has shut down.
      complete(Passage.End.WHOLE);
      out.end(rest);
    }
  }

  private void breakOff() {
    if (passage.future().isComplete()) {
      return;
    }
    link.release();
    complete(Passage.End.BROKEN_OFF);
    if (openEnded && isEventStream(upstream)) {
      // The provider may have broken off within an event, which ends here.
      out.end(Buffer.buffer("\n\n").appendBuffer(lastWords.get()));
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

  private void complete(Passage.End end) {
    if (wait != null) {
      wait.over();
    }
    passage.tryComplete(new Passage(end, firstByteNanos));
  }

  private static boolean isEventStream(HttpClientResponse response) {
    String type = response.getHeader("content-type");
    return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
  }
}
