package io.tollgate.contract.config;

/** Whether a rule stands in anybody's way. */
public enum LimitMode {
  ENFORCE,
  /** It counts, and tells what it would have refused. */
  SHADOW
}
