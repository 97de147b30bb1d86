package io.tollgate.contract.quota;

import org.jspecify.annotations.Nullable;

/**
 * Set or change a balance.
 *
 * @param account as in {@link AccountQuery}
 * @param consumer whose balance; of a budget the value, as in {@link AccountQuery}
 * @param tokens may be negative, but not in a grant
 * @param expiresAtMillis when what is left of a grant is taken away, since the epoch; null for
 *     never
 * @param note for the audit trail
 */
public record AccountChange(
    String account,
    String consumer,
    Kind kind,
    long tokens,
    @Nullable Long expiresAtMillis,
    Note note) {
  /** What to do with the balance. */
  public enum Kind {
    /** The tokens replace it. */
    SET,
    /** The tokens are added to it. */
    ADD,
    /**
     * The tokens are added to a budget's balance, and no end of a period takes them away. Plain
     * balances take no grants.
     */
    GRANT
  }

  /**
   * Who changes something, and why. Never a secret.
   *
   * @param who such as {@code admin token} or {@code consumer aliyun-admin}
   * @param why null when nobody said
   * @param idempotencyKey under which a repeat within a day changes nothing; null for none
   */
  public record Note(String who, @Nullable String why, @Nullable String idempotencyKey) {
    /** Without a reason. */
    public static Note by(String who) {
      return new Note(who, null, null);
    }
  }
}
