package io.tollgate.contract.config;

/** What a limit or quota does while its store can't be reached. */
public enum FailPolicy {
  /** Requests pass; what they use is settled when the store is back. */
  OPEN,
  /** Requests are refused with 503. */
  CLOSED,
  /**
   * Each node goes by its part of what is left, divided among the nodes with the role; what
   * requests use is settled when the store is back. Where there is nothing to divide, as nobody
   * knows, it is closed.
   */
  SHARE
}
