package io.tollgate.limiter;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitType;
import java.nio.charset.StandardCharsets;

/**
 * Names counters in Redis: {@code higress-token-ratelimit:<rule>:<type>:<window>[:<key
 * name>:<value>]}, as gateways before Tollgate did, so that what they have counted goes on
 * counting.
 *
 * <p>Names and values stand there as {@link SafeText} writes them. A value of more than {@link
 * #LONGEST_VALUE_BYTES} is replaced by its hash; {@code -} stands for requests without a value.
 */
final class CounterNames {
  static final int LONGEST_VALUE_BYTES = 256;

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
            .append(SafeText.name(key.ruleName()))
            .append(':')
            .append(key.type().label())
            .append(':')
            .append(key.window());
    if (!key.keyName().isEmpty()) {
      name.append(':').append(SafeText.name(key.keyName())).append(':').append(valueOf(key));
    }
    return name.toString();
  }

  /** The value, or where it is too long its hash, which names the same counter. */
  static FactValue shortened(FactValue value) {
    return !value.hashed() && isTooLong(value.text()) ? FactValue.hashOf(value.text()) : value;
  }

  private String valueOf(LimitKey key) {
    FactValue value = key.value();
    if (value == null) {
      return SafeText.ABSENT;
    }
    if (key.type() == LimitType.LIMIT_BY) {
      return value.text();
    }
    String text = keys.textOf(value);
    return isTooLong(text) ? KnownKeys.hashOf(value) : SafeText.value(text);
  }

  private static boolean isTooLong(String text) {
    return text.length() * 3 > LONGEST_VALUE_BYTES
        && text.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE_BYTES;
  }
}
