package io.tollgate.proxy.meter;

/** The bytes of a short JSON string that comes in pieces, escapes resolved as far as ASCII goes. */
final class CapturedString {
  private static final int MAX_BYTES = 256;
  private static final int HEX_DIGITS = 4;

  private final byte[] bytes = new byte[MAX_BYTES];
  private int length;
  private boolean escaped;
  private int hexDigitsLeft;
  private int codeUnit;

  void clear() {
    length = 0;
    escaped = false;
    hexDigitsLeft = 0;
  }

  /** Whether nothing of the string has come yet. */
  boolean isEmpty() {
    return length == 0 && !escaped && hexDigitsLeft == 0;
  }

  /** Takes bytes up to the closing quote; returns its place, or {@code to} if it is not there. */
  int take(byte[] piece, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = piece[i];
      if (hexDigitsLeft > 0) {
        takeHexDigit(b);
      } else if (escaped) {
        takeEscaped(b);
      } else if (b == '\\') {
        escaped = true;
      } else if (b == '"') {
        return i;
      } else {
        keep(b);
      }
    }
    return to;
  }

  private void takeEscaped(byte b) {
    escaped = false;
    switch (b) {
      case 'u' -> {
        hexDigitsLeft = HEX_DIGITS;
        codeUnit = 0;
      }
      case 'n' -> keep((byte) '\n');
      case 't' -> keep((byte) '\t');
      case 'r' -> keep((byte) '\r');
      case 'b' -> keep((byte) '\b');
      case 'f' -> keep((byte) '\f');
      default -> keep(b);
    }
  }

  private void takeHexDigit(byte b) {
    codeUnit = (codeUnit << 4) | Math.max(0, Character.digit(b, 16));
    if (--hexDigitsLeft == 0) {
      // The names that we look for and the values that we compare are ASCII.
      keep(codeUnit < 0x80 ? (byte) codeUnit : (byte) '?');
    }
  }

  private void keep(byte b) {
    if (length < MAX_BYTES) {
      bytes[length] = b;
    }
    length++;
  }

  /** Whether all of the string fits; what does not is no name or value that we know. */
  static boolean fits(int length) {
    return length <= MAX_BYTES;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Of the whole string, more than {@link #bytes()} when it does not fit. */
  int length() {
    return length;
  }
}
