package io.tollgate.proxy.demo;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.IntArrayList;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Counts and cuts text as one model does. Thread-safe; takes time in proportion to the text. */
final class ModelTokenizer {
  private final Encoding encoding;

  ModelTokenizer(Encoding encoding) {
    this.encoding = encoding;
  }

  int count(String text) {
    return encoding.countTokensOrdinary(text);
  }

  int count(Prompt prompt) {
    int tokens = prompt.fixedTokens();
    for (String text : prompt.texts()) {
      tokens += count(text);
    }
    return tokens;
  }

  /** The text token by token; tokens that only make a character together stay together. */
  List<Piece> pieces(String text) {
    IntArrayList tokens = encoding.encodeOrdinary(text);
    List<Piece> pieces = new ArrayList<>(tokens.size());
    IntArrayList open = new IntArrayList();
    for (int i = 0; i < tokens.size(); i++) {
      open.add(tokens.get(i));
      byte[] bytes = encoding.decodeBytes(open);
      if (isWhole(bytes)) {
        pieces.add(piece(new String(bytes, StandardCharsets.UTF_8), open.size()));
        open.clear();
      }
    }
    return pieces;
  }

  private static boolean isWhole(byte[] utf8) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer characters = CharBuffer.allocate(utf8.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(utf8), characters, true);
    return !result.isError();
  }

  static Piece piece(String text, int tokens) {
    String json = '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    return new Piece(text, tokens, json);
  }
}
