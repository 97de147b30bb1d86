package io.tollgate.proxy.relay;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.proxy.meter.EventScanner;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A stream of events that may have to end before its own end. What comes after the event that is
 * the last one is dropped.
 */
final class StoppableFlow implements AnswerFlow, EventScanner.EventSink {
  private static final JsonMapper JSON = new JsonMapper();

  /** A larger event is none that says how a stream is to be ended. */
  private static final int MAX_EVENT_BYTES = 1024 * 1024;

  private static final byte CARRIAGE_RETURN = '\r';

  private final AnswerFlow inner;
  private final Stopping stopping;
  private final EventScanner scanner = new EventScanner(this);
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private Buffer piece = Buffer.buffer();
  private Buffer out = Buffer.buffer();
  private int passedTo;
  private boolean stopped;

  /**
   * @param inner what the stream goes through otherwise
   */
  StoppableFlow(AnswerFlow inner, Stopping stopping) {
    this.inner = inner;
    this.stopping = stopping;
  }

  @Override
  public Buffer pass(Buffer next) {
    if (stopped) {
      return Buffer.buffer();
    }
    piece = next;
    out = Buffer.buffer(next.length());
    passedTo = 0;
    byte[] bytes = next.getBytes();
    scanner.scan(bytes, 0, bytes.length);
    if (!stopped) {
      passUpTo(bytes.length);
    }
    return out;
  }

  private void passUpTo(int end) {
    if (passedTo < end) {
      out.appendBuffer(inner.pass(piece.getBuffer(passedTo, end)));
      passedTo = end;
    }
  }

  @Override
  public void data(byte[] bytes, int from, int to) {
    if (!stopped && data.size() <= MAX_EVENT_BYTES) {
      data.write(bytes, from, to - from);
    }
  }

  @Override
  public void eventEnds(int offset) {
    if (stopped) {
      return;
    }
    passUpTo(offset);
    if (data.size() > 0 && data.size() <= MAX_EVENT_BYTES) {
      read(data.toByteArray());
    }
    data.reset();
    stopped = stopping.ending().isOpen() && stopping.isReached().getAsBoolean();
    if (stopped && offset > 0 && piece.getByte(offset - 1) == CARRIAGE_RETURN) {
      // The line feed that may belong to it would come next.
      out.appendByte((byte) '\n');
    }
  }

  private void read(byte[] event) {
    try {
      if (JSON.readTree(event) instanceof ObjectNode object) {
        stopping.ending().event(object);
      }
    } catch (JacksonException noJson) {
      // Such as [DONE], or a fault of the provider, which the client gets as it is.
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be read", e);
    }
  }

  @Override
  public Buffer rest() {
    return inner.rest();
  }

  /** What comes after the last event is left out. */
  @Override
  public boolean changesBytes() {
    return true;
  }

  @Override
  public boolean isStuck() {
    return inner.isStuck();
  }

  @Override
  public boolean isWhole() {
    return inner.isWhole();
  }

  @Override
  public boolean isStopped() {
    return stopped;
  }

  @Override
  public void close() {
    inner.close();
  }
}
