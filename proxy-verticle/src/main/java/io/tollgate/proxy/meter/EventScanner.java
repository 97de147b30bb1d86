package io.tollgate.proxy.meter;

import java.nio.charset.StandardCharsets;

/**
 * Finds the lines, data and events in a stream of server-sent events, whatever ends its lines (LF,
 * CRLF, CR) and however it is cut. Keeps no content.
 */
public final class EventScanner {
  private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NEWLINE = {'\n'};

  private enum State {
    LINE_START,
    FIELD_NAME,
    VALUE_START,
    DATA_VALUE,
    OTHER_LINE
  }

  /** Takes the events' data. */
  public interface EventSink {
    /** A piece of the current event's data, lines joined by a newline. */
    void data(byte[] bytes, int from, int to);

    /** The event's blank line ended at {@code offset}; the next data belongs to another event. */
    void eventEnds(int offset);
  }

  private final EventSink sink;
  private State state = State.LINE_START;
  private boolean afterCarriageReturn;
  private int nameMatched;
  private int doneMatched;
  private boolean dataInLine;
  private boolean done;

  public EventScanner(EventSink sink) {
    this.sink = sink;
  }

  /** Whether the event that ends an OpenAI stream was seen. */
  boolean done() {
    return done;
  }

  /** Takes the next bytes of the stream. */
  public void scan(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      i =
          switch (state) {
            case LINE_START -> lineStart(bytes, i);
            case FIELD_NAME -> fieldName(bytes, i);
            case VALUE_START -> valueStart(bytes, i);
            case DATA_VALUE -> data(bytes, i, to);
            case OTHER_LINE -> otherLine(bytes, i, to);
          };
    }
  }

  private int lineStart(byte[] bytes, int i) {
    byte b = bytes[i];
    if (afterCarriageReturn && b == '\n') {
      afterCarriageReturn = false;
      return i + 1;
    }
    if (isLineEnd(b)) {
      afterCarriageReturn = b == '\r';
      doneMatched = 0;
      sink.eventEnds(i + 1);
      return i + 1;
    }
    nameMatched = 0;
    dataInLine = false;
    state = State.FIELD_NAME;
    return i;
  }

  private int fieldName(byte[] bytes, int i) {
    byte b = bytes[i];
    if (nameMatched < DATA.length && b == DATA[nameMatched]) {
      nameMatched++;
      return i + 1;
    }
    boolean isData = nameMatched == DATA.length && b == ':';
    state = isData ? State.VALUE_START : State.OTHER_LINE;
    return isData ? i + 1 : i;
  }

  private int valueStart(byte[] bytes, int i) {
    state = State.DATA_VALUE;
    return bytes[i] == ' ' ? i + 1 : i;
  }

  private int data(byte[] bytes, int from, int to) {
    int end = lineEnd(bytes, from, to);
    if (end > from) {
      matchDone(bytes, from, end);
      sink.data(bytes, from, end);
      dataInLine = true;
    }
    if (end < to) {
      if (dataInLine) {
        sink.data(NEWLINE, 0, 1);
      }
      endLine(bytes[end]);
      return end + 1;
    }
    return to;
  }

  private void matchDone(byte[] bytes, int from, int to) {
    for (int i = from; i < to && doneMatched >= 0 && doneMatched < DONE.length; i++) {
      doneMatched = bytes[i] == DONE[doneMatched] ? doneMatched + 1 : -1;
    }
    done |= doneMatched == DONE.length;
  }

  private int otherLine(byte[] bytes, int from, int to) {
    int end = lineEnd(bytes, from, to);
    if (end == to) {
      return to;
    }
    endLine(bytes[end]);
    return end + 1;
  }

  private void endLine(byte end) {
    afterCarriageReturn = end == '\r';
    state = State.LINE_START;
  }

  private static int lineEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && !isLineEnd(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isLineEnd(byte b) {
    return b == '\n' || b == '\r';
  }
}
