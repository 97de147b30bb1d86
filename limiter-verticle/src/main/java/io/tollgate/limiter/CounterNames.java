package io.tollgate.limiter;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Names counters in Redis: {@code higress-token-ratelimit:<rule>:<type>:<window>[:<key
 * name>:<value>]}, as gateways before Tollgate did, so that what they have counted goes on
 * counting.
 *
 * <p>Braces would break the hash tag that a counter shares with the keys beside it; they, the
 * percent sign, white space and control characters are percent-encoded. A value of more than {@link
 * #LONGEST_VALUE_BYTES} is replaced by its hash.
 */
final class CounterNames {
  static final int LONGEST_VALUE_BYTES = 256;

  private static final String PREFIX = "higress-token-ratelimit";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final KnownKeys keys;

  CounterNames(KnownKeys keys) {
    this.keys = keys;
  }

  /** The Redis key; it may carry a consumer's key in clear and is not for logs. */
  String of(LimitKey key) {
    StringBuilder name =
        new StringBuilder(96)
            .append(PREFIX)
            .append(':')
            .append(escaped(key.ruleName()))
            .append(':')
            .append(key.type().label())
            .append(':')
            .append(key.window());
    FactValue value = key.value();
    if (value != null) {
      name.append(':').append(escaped(key.keyName())).append(':').append(valueOf(value));
    }
    return name.toString();
  }

  /** The value, or where it is too long its hash, which names the same counter. */
  static FactValue shortened(FactValue value) {
    return !value.hashed() && isTooLong(value.text()) ? FactValue.hashOf(value.text()) : value;
  }

  private String valueOf(FactValue value) {
    String text = keys.textOf(value);
    return isTooLong(text) ? KnownKeys.hashOf(value) : escaped(text);
  }

  private static boolean isTooLong(String text) {
    return text.length() * 3 > LONGEST_VALUE_BYTES
        && text.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE_BYTES;
  }

  /** Nothing unsafe is beyond the characters of 16 bits. */
  private static String escaped(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isUnsafe(text.charAt(i))) {
        return encoded(text);
      }
    }
    return text;
  }

  private static String encoded(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (isUnsafe(c)) {
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
