package io.tollgate.proxy.journal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what one event loop has appended survive a loss of power: in groups, one after another, on
 * a worker. Confined to that loop.
 */
final class Flushing {
  private static final Logger log = LoggerFactory.getLogger(Flushing.class);

  private record Span(Segment segment, int from, int to) {}

  private final WorkerExecutor worker;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private boolean running;
  private @Nullable Promise<Void> following;

  Flushing(WorkerExecutor worker) {
    this.worker = worker;
  }

  /** From now on this is the segment that is appended to. */
  void begin(Segment segment) {
    segments.addLast(segment);
  }

  /** It holds nothing any more that is worth it. */
  void forget(Segment segment) {
    segments.remove(segment);
  }

  /** Completes when all that was appended up to now is safe, or could not be made so. */
  Future<Void> flush() {
    if (!running) {
      return run();
    }
    if (following == null) {
      following = Promise.promise();
    }
    return following.future();
  }

  private Future<Void> run() {
    List<Span> spans = spans();
    if (spans.isEmpty()) {
      return Future.succeededFuture();
    }
    running = true;
    return worker
        .executeBlocking(() -> force(spans), false)
        .onFailure(fault -> log.error("the journal could not be synced", fault))
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .onComplete(done -> next());
  }

  private static boolean force(List<Span> spans) {
    try {
      for (Span span : spans) {
        span.segment().force(span.from(), span.to());
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      log.error("the journal could not be written to disk: {}", e.getMessage());
      return false;
    }
  }

  private List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.forced() < segment.end()) {
        spans.add(new Span(segment, segment.forced(), segment.end()));
        segment.forcedTo(segment.end());
      }
    }
    while (segments.size() > 1) {
      segments.removeFirst();
    }
    return spans;
  }

  private void next() {
    running = false;
    Promise<Void> waiting = following;
    if (waiting != null) {
      following = null;
      run().onComplete(waiting);
    }
  }
}
