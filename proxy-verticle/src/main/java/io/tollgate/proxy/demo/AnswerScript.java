package io.tollgate.proxy.demo;

import io.vertx.core.buffer.Buffer;

/** The words of one answer, whole or in events. */
interface AnswerScript {
  Reply reply();

  /** The whole answer. */
  Buffer document(boolean tellUsage);

  /** The events before the first that carries text. */
  String begin(boolean tellUsage);

  /** An event that carries text. */
  Buffer piece(Piece piece);

  /** The events after the last that carries text. */
  String end(boolean tellUsage);
}
