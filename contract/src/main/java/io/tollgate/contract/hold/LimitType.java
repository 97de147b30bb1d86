package io.tollgate.contract.hold;

import java.util.Locale;

/** What a rate limit goes by; {@link #label} is the name in configurations and Redis keys. */
public enum LimitType {
  GLOBAL_THRESHOLD,
  LIMIT_BY_HEADER,
  LIMIT_BY_PARAM,
  LIMIT_BY_CONSUMER,
  LIMIT_BY_COOKIE,
  LIMIT_BY_PER_HEADER,
  LIMIT_BY_PER_PARAM,
  LIMIT_BY_PER_CONSUMER,
  LIMIT_BY_PER_COOKIE,
  LIMIT_BY_PER_IP,
  /** Several values of a request together, or one that the other types do not know. */
  LIMIT_BY;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }

  /** Whether each value that is seen gets a counter of its own. */
  public boolean isPerValue() {
    return switch (this) {
      case LIMIT_BY_PER_HEADER,
          LIMIT_BY_PER_PARAM,
          LIMIT_BY_PER_CONSUMER,
          LIMIT_BY_PER_COOKIE,
          LIMIT_BY_PER_IP,
          LIMIT_BY ->
          true;
      case GLOBAL_THRESHOLD, LIMIT_BY_HEADER, LIMIT_BY_PARAM, LIMIT_BY_CONSUMER, LIMIT_BY_COOKIE ->
          false;
    };
  }
}
