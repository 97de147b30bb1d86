package io.tollgate.proxy.meter;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Meters a stream and takes out of it the event that only carries usage, for a client that did not
 * ask for one. Every other byte passes unchanged and at once; held back is only an event that may
 * still turn out to be that one, at most {@value #MAX_HELD_BYTES} bytes of it. A JSON document
 * passes whole. Used like the {@link UsageMeter} that it feeds.
 */
public final class UsageChunkFilter {
  static final int MAX_HELD_BYTES = 64 * 1024;

  private static final Buffer NOTHING = Buffer.buffer();

  private final UsageMeter meter;

  /** Of the event in progress, what came in earlier chunks; null when nothing is held. */
  private @Nullable Buffer held;

  /** Whether the event in progress is on its way already, and its rest follows. */
  private boolean letThrough;

  private boolean lineFeedMayFollow;
  private boolean dropLineFeed;

  private Buffer chunk = NOTHING;
  private @Nullable Buffer out;
  private int passFrom;
  private int eventFrom;

  public UsageChunkFilter(UsageMeter meter) {
    this.meter = meter;
  }

  /** Meters the next chunk and returns what to send now, which may be empty. */
  public Buffer pass(Buffer next) {
    if (next.length() == 0) {
      return next;
    }
    chunk = next;
    out = null;
    passFrom = 0;
    eventFrom = 0;
    takeLineFeed();
    meter.accept(next, this::eventEnds);
    Buffer result = finishChunk();
    chunk = NOTHING;
    out = null;
    return result;
  }

  /** What is still held when the stream ends: an event without its end. */
  public Buffer rest() {
    Buffer rest = held == null ? NOTHING : held;
    held = null;
    return rest;
  }

  /** The line feed of a CR LF that was cut goes where its carriage return went. */
  private void takeLineFeed() {
    if (lineFeedMayFollow && chunk.getByte(0) == '\n') {
      eventFrom = 1;
      passFrom = dropLineFeed ? 1 : 0;
    }
    lineFeedMayFollow = false;
  }

  private void eventEnds(int offset, boolean onlyUsage) {
    int end = endWithLineFeed(offset);
    if (onlyUsage && !letThrough) {
      append(passFrom, eventFrom);
      held = null;
      passFrom = end;
    } else {
      release();
    }
    dropLineFeed = onlyUsage && !letThrough;
    letThrough = false;
    eventFrom = end;
  }

  private int endWithLineFeed(int offset) {
    boolean afterCarriageReturn = chunk.getByte(offset - 1) == '\r';
    lineFeedMayFollow = afterCarriageReturn && offset == chunk.length();
    boolean lineFeed =
        afterCarriageReturn && offset < chunk.length() && chunk.getByte(offset) == '\n';
    return lineFeed ? offset + 1 : offset;
  }

  private Buffer finishChunk() {
    int length = chunk.length();
    int heldLength = (held == null ? 0 : held.length()) + length - eventFrom;
    if (!letThrough && heldLength > 0) {
      UsageReader reader = meter.reader();
      letThrough =
          !reader.mayHaveEvents() || reader.eventHasChoice() || heldLength > MAX_HELD_BYTES;
    }
    if (letThrough || eventFrom == length) {
      release();
      return passed(length);
    }
    Buffer undecided = chunk.getBuffer(eventFrom, length);
    int passTo = eventFrom;
    held = held == null ? undecided : held.appendBuffer(undecided);
    return passed(passTo);
  }

  /** Puts what is held in front of what passes. */
  private void release() {
    if (held != null) {
      out = held;
      held = null;
    }
  }

  private Buffer passed(int to) {
    if (out == null && passFrom == 0 && to == chunk.length()) {
      return chunk;
    }
    append(passFrom, to);
    return out == null ? NOTHING : out;
  }

  private void append(int from, int to) {
    if (from < to) {
      out = out == null ? chunk.getBuffer(from, to) : out.appendBuffer(chunk, from, to - from);
    }
  }
}
