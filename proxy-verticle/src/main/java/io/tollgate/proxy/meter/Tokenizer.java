package io.tollgate.proxy.meter;

import com.knuddels.jtokkit.api.Encoding;

/**
 * Counts the tokens of text. Takes time in proportion to the text, some milliseconds for 16 KB, and
 * may load a vocabulary at first: not for event loops. Thread-safe.
 */
final class Tokenizer {
  /** Some text takes more than its share of time when it comes in one piece. */
  private static final int MAX_PIECE_CHARACTERS = 32 * 1024;

  private final ModelFamily family;

  Tokenizer(ModelFamily family) {
    this.family = family;
  }

  TextTokens count(Iterable<String> texts) {
    TextTokens sum = TextTokens.NONE;
    for (String text : texts) {
      sum = sum.plus(count(text));
    }
    return sum;
  }

  TextTokens count(String text) {
    if (family.isExact()) {
      return new TextTokens(tokens(text, 0, text.length()), 0);
    }
    long ascii = 0;
    long other = 0;
    int from = 0;
    while (from < text.length()) {
      boolean isOther = isOther(text.charAt(from));
      int to = runEnd(text, from, isOther);
      long tokens = tokens(text, from, to);
      ascii += isOther ? 0 : tokens;
      other += isOther ? tokens : 0;
      from = to;
    }
    return ascii == 0 || other == 0
        ? new TextTokens(ascii, other)
        : shared(tokens(text, 0, text.length()), ascii, other);
  }

  /** The parts have a few more tokens than the whole, which counts. */
  private static TextTokens shared(long whole, long ascii, long other) {
    long othersPart = Math.round((double) (whole * other) / (double) (ascii + other));
    return new TextTokens(whole - othersPart, othersPart);
  }

  /** Where letters of the other kind begin; what is no letter stays with what stands before it. */
  private static int runEnd(String text, int from, boolean isOther) {
    int i = from + 1;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean speaks = c >= 0x80 || Character.isLetterOrDigit(c);
      if (speaks && isOther(c) != isOther) {
        return i;
      }
      i++;
    }
    return i;
  }

  private static boolean isOther(char c) {
    return c >= 0x80;
  }

  private long tokens(String text, int from, int to) {
    Encoding encoding = Vocabularies.of(family.vocabulary());
    long sum = 0;
    int start = from;
    while (start < to) {
      int end = to - start <= MAX_PIECE_CHARACTERS ? to : pieceEnd(text, start);
      sum += encoding.countTokensOrdinary(text.substring(start, end));
      start = end;
    }
    return sum;
  }

  /** A space that ends a word if there is one, or else no place within a character. */
  private static int pieceEnd(String text, int start) {
    int most = start + MAX_PIECE_CHARACTERS;
    for (int i = most; i > start + MAX_PIECE_CHARACTERS / 2; i--) {
      if (text.charAt(i) == ' ' && Character.isLetter(text.charAt(i - 1))) {
        return i;
      }
    }
    return Character.isLowSurrogate(text.charAt(most)) ? most - 1 : most;
  }
}
