package io.tollgate.proxy.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Text of any wanted number of tokens. Each of its words is one token in every encoding, whatever
 * stands before or after it, so that the text's count is the number of its words.
 */
final class Filler {
  private static final String TEXT =
      "simulated tokens from the demo model count one by one so that every answer has the exact"
          + " length that was asked for and nothing here was written by a real model";

  private static final List<Piece> CYCLE = cycle();

  private Filler() {}

  private static List<Piece> cycle() {
    List<Piece> pieces = new ArrayList<>();
    for (String word : TEXT.split(" ")) {
      pieces.add(ModelTokenizer.piece(" " + word, 1));
    }
    return List.copyOf(pieces);
  }

  static List<Piece> ofTokens(int tokens) {
    List<Piece> pieces = new ArrayList<>(tokens);
    for (int i = 0; i < tokens; i++) {
      pieces.add(CYCLE.get(i % CYCLE.size()));
    }
    return pieces;
  }
}
