package io.tollgate.limiter;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.IntPredicate;

/**
 * Texts as they may stand in Redis keys. Braces would break the hash tag that a counter shares with
 * the keys beside it; they, the percent sign, white space and control characters are
 * percent-encoded.
 */
final class SafeText {
  /** Stands where there is no value; no value that there is looks like it. */
  static final String ABSENT = "-";

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String ENCODED_DASH = "%2D";

  private SafeText() {}

  /** A name. */
  static String name(String text) {
    return encoded(text, SafeText::isUnsafe);
  }

  /** A value that stands alone. */
  static String value(String text) {
    return text.equals(ABSENT) ? ENCODED_DASH : name(text);
  }

  /** A value that stands beside others, with commas between. */
  static String part(String text) {
    return text.equals(ABSENT) ? ENCODED_DASH : encoded(text, c -> c == ',' || isUnsafe(c));
  }

  private static String encoded(String text, IntPredicate unsafe) {
    // Nothing unsafe is beyond the characters of 16 bits.
    for (int i = 0; i < text.length(); i++) {
      if (unsafe.test(text.charAt(i))) {
        return encodedEach(text, unsafe);
      }
    }
    return text;
  }

  private static String encodedEach(String text, IntPredicate unsafe) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (unsafe.test(c)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  safe.append('%').append(HEX.toHexDigits(b));
                }
              } else {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  private static boolean isUnsafe(int c) {
    return c == '{'
        || c == '}'
        || c == '%'
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c);
  }
}
