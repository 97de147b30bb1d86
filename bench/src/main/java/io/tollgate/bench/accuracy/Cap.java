package io.tollgate.bench.accuracy;

/** What all calls of one lane have to share. */
sealed interface Cap {
  long tokens();

  /**
   * A limit in fixed windows.
   *
   * @param strict whether only what fits is let in
   */
  record Limit(long tokens, int windowSeconds, boolean strict) implements Cap {
    /** As the configuration says it. */
    String per() {
      return switch (windowSeconds) {
        case 1 -> "token_per_second";
        case 60 -> "token_per_minute";
        default -> throw new IllegalStateException("no limit per " + windowSeconds + " s");
      };
    }
  }

  /** A balance. */
  record Quota(long tokens) implements Cap {}
}
