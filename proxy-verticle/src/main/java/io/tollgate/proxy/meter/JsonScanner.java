package io.tollgate.proxy.meter;

import java.util.Objects;

/**
 * Follows one JSON object or array byte by byte, in pieces of any size, and reports the values at
 * the places of an {@link AnswerShape}. Its memory does not grow with the input: of what does not
 * matter only the depth is kept. It does not validate; of broken JSON it makes nothing or less.
 */
final class JsonScanner {

  private enum State {
    /** Nothing but white space so far. */
    START,
    /** Between the tokens of an object or array that matters. */
    BETWEEN,
    NAME,
    CAPTURED_STRING,
    COUNTED_STRING,
    SKIPPED_STRING,
    SCALAR,
    /** Inside an object or array that does not matter. */
    SKIPPED,
    SKIPPED_INNER_STRING,
    /** After the object or array, or neither of them. */
    OVER
  }

  private final AnswerSink sink;
  private final AnswerText text;

  private State state = State.START;
  private boolean escaped;
  private boolean closed;
  private int skippedDepth;
  private final AnswerPath path = new AnswerPath();
  private final CapturedString captured = new CapturedString();
  private final JsonScalar scalar = new JsonScalar();

  JsonScanner(AnswerSink sink, AnswerText text) {
    this.sink = sink;
    this.text = text;
  }

  /** Makes ready for another one. */
  void reset() {
    state = State.START;
    escaped = false;
    closed = false;
    path.reset();
    text.endString();
  }

  /** Whether the closing brace or bracket was seen. */
  boolean closed() {
    return closed;
  }

  /** Returns the place after the closing brace or bracket, or {@code to}. */
  int scan(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && !closed) {
      i =
          switch (state) {
            case START -> start(bytes, i);
            case BETWEEN -> between(bytes, i, to);
            case NAME, CAPTURED_STRING -> capture(bytes, i, to);
            case COUNTED_STRING -> count(bytes, i, to);
            case SKIPPED_STRING -> skipString(bytes, i, to, State.BETWEEN);
            case SKIPPED_INNER_STRING -> skipString(bytes, i, to, State.SKIPPED);
            case SCALAR -> scalar(bytes, i, to);
            case SKIPPED -> skip(bytes, i, to);
            case OVER -> to;
          };
    }
    return i;
  }

  private int start(byte[] bytes, int i) {
    byte b = bytes[i];
    if (b == '{' || b == '[') {
      open(b == '{');
    } else if (!isSpace(b)) {
      state = State.OVER;
    }
    return i + 1;
  }

  private int between(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && state == State.BETWEEN) {
      switch (bytes[i]) {
        case ' ', '\t', '\n', '\r' -> {}
        case ':' -> path.colon();
        case ',' -> path.next();
        case '"' -> beginString();
        case '{' -> open(true);
        case '[' -> open(false);
        case '}', ']' -> close();
        default -> {
          beginScalar();
          return i;
        }
      }
      i++;
    }
    return i;
  }

  private void beginString() {
    captured.clear();
    if (path.nameExpected()) {
      state = State.NAME;
      return;
    }
    AnswerField field = path.field();
    state = State.SKIPPED_STRING;
    if (field != null && field.kind() == AnswerField.Kind.COUNTED) {
      sink.present(field);
      state = State.COUNTED_STRING;
    } else if (field != null && field.kind() == AnswerField.Kind.CAPTURED) {
      state = State.CAPTURED_STRING;
    }
  }

  private void open(boolean object) {
    AnswerField field = path.field();
    if (field != null && field.kind() == AnswerField.Kind.CONTAINER) {
      sink.present(field);
    }
    if (path.enter(object)) {
      state = State.BETWEEN;
    } else {
      state = State.SKIPPED;
      skippedDepth = 1;
    }
  }

  private void close() {
    AnswerField container = path.container();
    if (container != null) {
      sink.ended(container);
    }
    if (path.leave()) {
      closed = true;
      state = State.OVER;
    }
  }

  /** A name or value is used where it lies, unless it is cut or has escapes. */
  private int capture(byte[] bytes, int from, int to) {
    if (captured.isEmpty()) {
      int end = plainEnd(bytes, from, to);
      if (end < to && bytes[end] == '"') {
        endCapture(bytes, from, end);
        return end + 1;
      }
    }
    int end = captured.take(bytes, from, to);
    if (end == to) {
      return to;
    }
    endCapture(captured.bytes(), 0, captured.length());
    return end + 1;
  }

  private static int plainEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    return i;
  }

  private void endCapture(byte[] bytes, int from, int to) {
    if (state == State.NAME) {
      path.name(bytes, from, to);
    } else {
      AnswerField field = path.field();
      if (field != null && CapturedString.fits(to - from)) {
        sink.captured(field, bytes, from, to);
      }
      path.valueRead();
    }
    state = State.BETWEEN;
  }

  private int count(byte[] bytes, int from, int to) {
    int end = stringEnd(bytes, from, to);
    text.piece(Objects.requireNonNull(path.field()), bytes, from, end);
    if (end == to) {
      return to;
    }
    text.endString();
    state = State.BETWEEN;
    return end + 1;
  }

  private int skipString(byte[] bytes, int from, int to, State after) {
    int end = stringEnd(bytes, from, to);
    if (end == to) {
      return to;
    }
    state = after;
    return end + 1;
  }

  /** The place of the closing quote, or {@code to} when it is not in this piece. */
  private int stringEnd(byte[] bytes, int from, int to) {
    int i = from;
    if (escaped && i < to) {
      escaped = false;
      i++;
    }
    while (i < to) {
      byte b = bytes[i];
      if (b == '"') {
        return i;
      }
      if (b == '\\' && ++i == to) {
        escaped = true;
        return to;
      }
      i++;
    }
    return to;
  }

  private void beginScalar() {
    state = State.SCALAR;
    scalar.begin();
  }

  private int scalar(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == ',' || b == '}' || b == ']' || isSpace(b)) {
        endScalar();
        return i;
      }
      scalar.take(b);
    }
    return to;
  }

  private void endScalar() {
    AnswerField field = path.field();
    if (field != null && field.kind() == AnswerField.Kind.NUMBER && scalar.isNumber()) {
      sink.number(field, scalar.number());
    } else if (field != null && field.kind() == AnswerField.Kind.FLAG && scalar.isFlag()) {
      sink.flag(field, scalar.flag());
    }
    path.valueRead();
    state = State.BETWEEN;
  }

  private int skip(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      byte b = bytes[i++];
      if (b == '"') {
        state = State.SKIPPED_INNER_STRING;
        return i;
      }
      if (b == '{' || b == '[') {
        skippedDepth++;
      } else if ((b == '}' || b == ']') && --skippedDepth == 0) {
        state = State.BETWEEN;
        return i;
      }
    }
    return to;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
