package io.tollgate.contract.hold;

import io.tollgate.contract.auth.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Names and values as they stand in Redis keys. Braces would break the hash tag that a key shares
 * with the keys beside it; they, the percent sign, white space and control characters are
 * percent-encoded. Values come from callers: more than 256 bytes of one don't stand there.
 */
public final class KeyText {
  private static final int LONGEST_BYTES = 256;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private KeyText() {}

  /**
   * A value of any length: of one that is too long the hash.
   *
   * @param separators further characters to encode, as they stand between values
   */
  public static String of(String value, String separators) {
    return isTooLong(value) ? KeyHash.of(value) : encoded(value, separators);
  }

  /** A name or value that is not too long. */
  public static String encoded(String text, String separators) {
    // Nothing unsafe is beyond the characters of 16 bits.
    for (int i = 0; i < text.length(); i++) {
      if (isUnsafe(text.charAt(i), separators)) {
        return encodedEach(text, separators);
      }
    }
    return text;
  }

  /** Whether a value is longer than that in UTF-8. */
  public static boolean isTooLong(String value) {
    return value.length() * 3L > LONGEST_BYTES
        && value.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES;
  }

  private static String encodedEach(String text, String separators) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (isUnsafe(c, separators)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  safe.append('%').append(HEX.toHexDigits(b));
                }
              } else {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  private static boolean isUnsafe(int c, String separators) {
    return c == '{'
        || c == '}'
        || c == '%'
        || separators.indexOf(c) >= 0
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c);
  }
}
