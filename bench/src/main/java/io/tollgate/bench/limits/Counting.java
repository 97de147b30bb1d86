package io.tollgate.bench.limits;

import java.util.Locale;

/** The algorithms that are compared: the same amount in the same period. */
enum Counting {
  FIXED_WINDOW,
  SLIDING_WINDOW,
  TOKEN_BUCKET,
  LEAKY_BUCKET;

  static final long AMOUNT = 1000;
  static final long PERIOD_MILLIS = 2000;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What may be used in any interval as long as a period. */
  long allowed() {
    return switch (this) {
      // Two windows may meet in it.
      case FIXED_WINDOW -> 2 * AMOUNT;
      case SLIDING_WINDOW -> AMOUNT;
      case TOKEN_BUCKET -> 2 * AMOUNT;
      case LEAKY_BUCKET -> AMOUNT + AMOUNT * 1000 / PERIOD_MILLIS;
    };
  }

  /** One strict rule, of which nobody uses more than fits. */
  String rule() {
    return """
    {"rule_name": "r", "strict": true, "rule_items": [{"limit_by_consumer": "", "limit_keys": [
      {"key": "bench", "windows": [{"tokens": %d, "per": "%dms", "algorithm": "%s"}]}]}]}
    """
        .formatted(AMOUNT, PERIOD_MILLIS, label());
  }
}
