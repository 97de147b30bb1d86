package io.tollgate.proxy.meter;

/**
 * Counts the characters of JSON strings as their bytes pass, escapes resolved. A string may come in
 * any number of pieces; counts add up over strings.
 */
final class TextCount {
  private static final int PLAIN = 0;
  private static final int ESCAPE = 1;
  private static final int HEX = 2;

  private long ascii;
  private long other;
  private int state = PLAIN;
  private int hexDigits;
  private int codeUnit;

  long ascii() {
    return ascii;
  }

  long other() {
    return other;
  }

  /** Counts a piece of a string, which may hold a part of one character only. */
  void count(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (state == PLAIN) {
        i = countPlain(bytes, i, to);
      } else {
        countEscaped(bytes[i++]);
      }
    }
  }

  private int countPlain(byte[] bytes, int from, int to) {
    int continuations = 0;
    int others = 0;
    int i = from;
    for (; i < to; i++) {
      byte b = bytes[i];
      if (b == '\\') {
        state = ESCAPE;
        break;
      }
      if (b < 0) {
        if ((b & 0xC0) == 0x80) {
          continuations++;
        } else {
          others++;
        }
      }
    }
    other += others;
    ascii += i - from - others - continuations;
    return state == ESCAPE ? i + 1 : i;
  }

  private void countEscaped(byte b) {
    if (state == ESCAPE && b == 'u') {
      state = HEX;
      hexDigits = 0;
      codeUnit = 0;
      return;
    }
    if (state == ESCAPE) {
      ascii++;
      state = PLAIN;
      return;
    }
    codeUnit = (codeUnit << 4) | Math.max(0, Character.digit(b, 16));
    if (++hexDigits == 4) {
      state = PLAIN;
      countCodeUnit();
    }
  }

  /** The second half of a surrogate pair is not a character of its own. */
  private void countCodeUnit() {
    if (codeUnit < 0x80) {
      ascii++;
    } else if (!Character.isLowSurrogate((char) codeUnit)) {
      other++;
    }
  }

  /** Ends a string, whole or cut; the next piece begins another. */
  void endString() {
    state = PLAIN;
  }
}
