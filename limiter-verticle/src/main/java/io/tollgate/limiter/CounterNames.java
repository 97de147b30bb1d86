package io.tollgate.limiter;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.KeyText;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitType;

/**
 * Names counters in Redis: {@code higress-token-ratelimit:<rule>:<type>:<window>[:<key
 * name>:<value>]}, as gateways before Tollgate did, so that what they have counted goes on
 * counting.
 *
 * <p>Names and values stand there as {@link KeyText} writes them. A value that is too long is
 * replaced by its hash; {@code -} stands for requests without a value, and a value that is just
 * that is encoded.
 */
final class CounterNames {
  /** Stands where there is no value; no value that there is looks like it. */
  static final String ABSENT = "-";

  private static final String ENCODED_DASH = "%2D";
  private static final String PREFIX = "higress-token-ratelimit";

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
            .append(KeyText.encoded(key.ruleName(), ""))
            .append(':')
            .append(key.type().label())
            .append(':')
            .append(key.window());
    if (!key.keyName().isEmpty()) {
      name.append(':').append(KeyText.encoded(key.keyName(), "")).append(':').append(valueOf(key));
    }
    return name.toString();
  }

  /** The value, or where it is too long its hash, which names the same counter. */
  static FactValue shortened(FactValue value) {
    return !value.hashed() && KeyText.isTooLong(value.text())
        ? FactValue.hashOf(value.text())
        : value;
  }

  /**
   * A value that is there and not too long.
   *
   * @param separators characters that stand between it and others
   */
  static String present(String text, String separators) {
    return text.equals(ABSENT) ? ENCODED_DASH : KeyText.encoded(text, separators);
  }

  private String valueOf(LimitKey key) {
    FactValue value = key.value();
    if (value == null) {
      return ABSENT;
    }
    if (key.type() == LimitType.LIMIT_BY) {
      return value.text();
    }
    String text = keys.textOf(value);
    return KeyText.isTooLong(text) ? KnownKeys.hashOf(value) : present(text, "");
  }
}
