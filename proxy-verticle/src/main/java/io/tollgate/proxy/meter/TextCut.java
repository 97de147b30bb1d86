package io.tollgate.proxy.meter;

/**
 * Where text may be cut so that its parts have as many tokens as the whole: every vocabulary cuts
 * between a word and what is neither letter nor digit after it, before it does anything else.
 */
final class TextCut {
  /** An escaped character of two units, less a byte. */
  private static final int LONGEST_CHARACTER = 11;

  private TextCut() {}

  /**
   * The last such place in the bytes of a JSON string, which may end within a character; where
   * there is none, the end of the last whole character.
   */
  static int place(byte[] bytes, int length) {
    for (int i = length - 2; i > 2; i--) {
      if (isSpaceBetweenWords(bytes, i) || isStopAfterIdeograph(bytes, i, length)) {
        return i;
      }
    }
    return wholeCharacters(bytes, length);
  }

  private static boolean isSpaceBetweenWords(byte[] bytes, int i) {
    return bytes[i] == ' '
        && isLetter(bytes[i - 1])
        && isLetter(bytes[i + 1])
        && !mayBeEscaped(bytes, i - 1);
  }

  private static boolean isLetter(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
  }

  /** Whether the letter belongs to an escape, such as the one of a new line. */
  private static boolean mayBeEscaped(byte[] bytes, int i) {
    for (int back = 1; back <= 5 && back <= i; back++) {
      if (bytes[i - back] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** One of 、 。 ， in UTF-8, after a character of the block of CJK ideographs. */
  private static boolean isStopAfterIdeograph(byte[] bytes, int i, int length) {
    if (i + 2 >= length || bytes[i - 3] < (byte) 0xE4 || bytes[i - 3] > (byte) 0xE9) {
      return false;
    }
    int last = bytes[i + 2] & 0xFF;
    return switch (bytes[i] & 0xFF) {
      case 0xE3 -> bytes[i + 1] == (byte) 0x80 && (last == 0x81 || last == 0x82);
      case 0xEF -> bytes[i + 1] == (byte) 0xBC && last == 0x8C;
      default -> false;
    };
  }

  private static int wholeCharacters(byte[] bytes, int length) {
    int end = length;
    while (end > 0 && (bytes[end - 1] & 0xC0) == 0x80) {
      end--;
    }
    if (end > 0 && bytes[end - 1] < 0) {
      end--;
    }
    for (int i = length - 1; i >= Math.max(0, length - LONGEST_CHARACTER); i--) {
      if (bytes[i] == '\\') {
        end = Math.min(end, i);
      }
    }
    return end;
  }
}
