package io.tollgate.contract.usage;

import java.util.Locale;

/** How a request that held tokens ended. */
public enum Outcome {
  /** The provider's answer was passed on whole. */
  COMPLETED,
  /** We ended the provider's answer, as its rule says of one that runs past what is left. */
  STOPPED,
  /** The client left before the answer's end. */
  CLIENT_GONE,
  /** The provider broke off in the middle of its answer. */
  UPSTREAM_BROKEN,
  /** The provider answered with an error of its own. */
  UPSTREAM_REFUSED,
  /** No provider could be reached in time. */
  UPSTREAM_UNREACHABLE,
  /** We refused after some holds had been taken. */
  REFUSED;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
