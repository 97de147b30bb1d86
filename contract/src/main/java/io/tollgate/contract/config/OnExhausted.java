package io.tollgate.contract.config;

/** What becomes of a stream that runs past what is left. */
public enum OnExhausted {
  /** It goes on to its end. */
  FINISH,
  /** It is ended, as if it had reached its longest length. */
  STOP
}
