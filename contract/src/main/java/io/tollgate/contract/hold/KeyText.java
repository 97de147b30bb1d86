package io.tollgate.contract.hold;

import io.tollgate.contract.auth.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A value of a request as it stands in a Redis key. Braces would break the hash tag that keys share
 * with the keys beside them; they, the percent sign, white space and control characters are
 * percent-encoded. Of a value of more than {@link #LONGEST_BYTES} the hash stands there.
 */
public final class KeyText {
  public static final int LONGEST_BYTES = 256;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private KeyText() {}

  public static String of(String value) {
    return of(value, "");
  }

  /**
   * @param separators further characters to encode, as they stand between values
   */
  public static String of(String value, String separators) {
    if (value.length() * 3 > LONGEST_BYTES
        && value.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
      return KeyHash.of(value);
    }
    StringBuilder safe = new StringBuilder(value.length() + 16);
    value
        .codePoints()
        .forEach(
            c -> {
              if (isUnsafe(c) || separators.indexOf(c) >= 0) {
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
