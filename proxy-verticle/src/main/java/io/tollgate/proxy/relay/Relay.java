package io.tollgate.proxy.relay;

import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.meter.UsageChunkFilter;
import io.tollgate.proxy.meter.UsageMeter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Passes one answer on: each piece at once, metered on its way, no faster than the client takes
 * them. When the client leaves, the provider is told to stop.
 *
 * <p>Confined to the request's event loop.
 */
public final class Relay {
  private static final long CANCEL = 8;

  private final HttpClientResponse upstream;
  private final HttpServerResponse client;
  private final ClientLink link;
  private final UsageMeter meter;
  private final @Nullable UsageChunkFilter filter;
  private final Buffer lastWords;
  private final Promise<Passage> passage = Promise.promise();
  private boolean openEnded;
  private long firstByteNanos;

  private Relay(
      HttpClientResponse upstream,
      HttpServerRequest request,
      ClientLink link,
      UsageMeter meter,
      boolean hidesUsage,
      Buffer lastWords) {
    this.upstream = upstream;
    this.client = request.response();
    this.link = link;
    this.meter = meter;
    this.filter = hidesUsage && isEventStream(upstream) ? new UsageChunkFilter(meter) : null;
    this.lastWords = lastWords;
  }

  /**
   * The client's response has its status and headers, but is not begun; the provider's is paused.
   *
   * @param hidesUsage whether to take out the chunk with the usage, as the client asked for none
   * @param lastWords the event that tells the client when a stream breaks off
   * @return how it ended; never fails
   */
  public static Future<Passage> pass(
      HttpClientResponse upstream,
      HttpServerRequest request,
      ClientLink link,
      UsageMeter meter,
      boolean hidesUsage,
      Buffer lastWords) {
    Relay relay = new Relay(upstream, request, link, meter, hidesUsage, lastWords);
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
    client.drainHandler(drained -> upstream.resume());
    upstream.resume();
  }

  private void piece(Buffer piece) {
    if (link.isGone()) {
      return;
    }
    if (firstByteNanos == 0) {
      firstByteNanos = System.nanoTime();
    }
    Buffer out = metered(piece);
    if (out.length() == 0) {
      return;
    }
    client.write(out);
    if (client.writeQueueFull()) {
      upstream.pause();
    }
  }

  private Buffer metered(Buffer piece) {
    if (filter != null) {
      return filter.pass(piece);
    }
    meter.accept(piece);
    return piece;
  }

  private void finish() {
    if (passage.future().isComplete()) {
      return;
    }
    link.release();
    Buffer rest = filter == null ? null : filter.rest();
    if (rest == null || rest.length() == 0) {
      client.end();
    } else {
      client.end(rest);
    }
    complete(Passage.End.WHOLE);
  }

  private void breakOff() {
    if (passage.future().isComplete()) {
      return;
    }
    link.release();
    if (openEnded && isEventStream(upstream)) {
      // The provider may have broken off within an event, which ends here.
      client.end(Buffer.buffer("\n\n").appendBuffer(lastWords));
    } else {
      client.reset();
    }
    complete(Passage.End.BROKEN_OFF);
  }

  private void abandon() {
    if (!passage.future().isComplete()) {
      upstream.request().reset(CANCEL);
      complete(Passage.End.CLIENT_GONE);
    }
  }

  private void complete(Passage.End end) {
    passage.tryComplete(new Passage(end, firstByteNanos));
  }

  private static boolean isEventStream(HttpClientResponse response) {
    String type = response.getHeader("content-type");
    return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
  }
}
