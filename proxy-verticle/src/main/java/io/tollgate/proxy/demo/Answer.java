package io.tollgate.proxy.demo;

import java.util.List;

/**
 * A made-up answer.
 *
 * @param tokens of the whole text; the sum of the pieces' tokens
 * @param finishReason {@code stop} or {@code length}
 */
record Answer(List<Piece> pieces, int tokens, String finishReason) {
  static final String STOP = "stop";
  static final String LENGTH = "length";

  Answer {
    pieces = List.copyOf(pieces);
  }

  static Answer of(List<Piece> pieces, String finishReason) {
    int tokens = 0;
    for (Piece piece : pieces) {
      tokens += piece.tokens();
    }
    return new Answer(pieces, tokens, finishReason);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.text()));
    return text.toString();
  }
}
