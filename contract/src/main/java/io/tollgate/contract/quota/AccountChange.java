package io.tollgate.contract.quota;

/**
 * Set or change a balance.
 *
 * @param account as in {@link AccountQuery}
 * @param kind whether {@code tokens} replaces the balance or is added to it
 * @param tokens may be negative
 */
public record AccountChange(String account, String consumer, Kind kind, long tokens) {
  /** What to do with the balance. */
  public enum Kind {
    SET,
    ADD
  }
}
