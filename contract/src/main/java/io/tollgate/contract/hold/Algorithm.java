package io.tollgate.contract.hold;

import java.util.Locale;

/** How a rate limit counts over time; {@link #label} is the name in configurations. */
public enum Algorithm {
  /** What is used counts until its window ends; then all of it is forgotten at once. */
  FIXED_WINDOW,
  /** What is used counts for one period, each part of it from its own time on. */
  SLIDING_WINDOW,
  /**
   * What is used runs off evenly, a period's amount in each period; a burst may use more at once.
   */
  TOKEN_BUCKET,
  /** The same with a small burst, so that use is spread over the period (GCRA). */
  LEAKY_BUCKET,
  /** Counts what is in progress and nothing after that. */
  CONCURRENCY;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }
}
