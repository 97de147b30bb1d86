package io.tollgate.proxy.meter;

import org.jspecify.annotations.Nullable;

/** Where a scan is in an answer, as long as it is at a place that matters. */
final class AnswerPath {
  private final AnswerShape[] containers = new AnswerShape[KnownAnswers.MAX_DEPTH];
  private final boolean[] objects = new boolean[KnownAnswers.MAX_DEPTH];
  private int depth;
  private boolean nameExpected;
  private @Nullable AnswerShape value = KnownAnswers.ROOT;

  void reset() {
    depth = 0;
    nameExpected = false;
    value = KnownAnswers.ROOT;
  }

  /** What the value to come means; null when it means nothing to us. */
  @Nullable AnswerField field() {
    return value == null ? null : value.field();
  }

  /** Whether the next string is a member's name. */
  boolean nameExpected() {
    return nameExpected;
  }

  /** Goes into the object or array that begins here, unless nothing in it matters. */
  boolean enter(boolean object) {
    AnswerShape shape = value;
    if (shape == null || depth == KnownAnswers.MAX_DEPTH) {
      return false;
    }
    if (object ? !shape.hasMembers() : shape.element() == null) {
      return false;
    }
    containers[depth] = shape;
    objects[depth] = object;
    depth++;
    next();
    return true;
  }

  /** Goes to the next member or element. */
  void next() {
    nameExpected = objects[depth - 1];
    value = nameExpected ? null : containers[depth - 1].element();
  }

  /** A member's name was read. */
  void name(byte[] bytes, int from, int to) {
    value = containers[depth - 1].member(bytes, from, to);
  }

  /** The name has ended and its value follows. */
  void colon() {
    nameExpected = false;
  }

  /** The value here was read; what follows before the next comma is none. */
  void valueRead() {
    value = null;
  }

  /** What the innermost object or array means; null when only something in it matters. */
  @Nullable AnswerField container() {
    return containers[depth - 1].field();
  }

  /** Leaves the innermost object or array; returns whether that was the outermost. */
  boolean leave() {
    depth--;
    value = null;
    nameExpected = false;
    return depth == 0;
  }
}
