package io.tollgate.contract.config;

/** What a rule item does with a request that lacks the value it goes by. */
public enum MissingKey {
  /** It does not apply. */
  SKIP,
  /** The request is refused. */
  REFUSE,
  /** All such requests share one counter. */
  SHARED
}
