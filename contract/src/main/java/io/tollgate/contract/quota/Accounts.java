package io.tollgate.contract.quota;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@link AccountQuery} and {@link AccountChange}. */
public sealed interface Accounts {
  /** The balances, in the order asked for; after the change, if one was asked for. */
  record Balances(List<Balance> balances) implements Accounts {
    public Balances {
      balances = List.copyOf(balances);
    }
  }

  /** The node that answered knows no such account. */
  record NoSuchAccount(String account) implements Accounts {}

  /**
   * The store did not do it.
   *
   * @param reason for an administrator's eyes; without secrets
   */
  record StoreFailed(String reason) implements Accounts {}

  /**
   * The change can't be made, however often it is asked for.
   *
   * @param reason for an administrator's eyes
   */
  record Refused(String reason) implements Accounts {}

  /**
   * @param quota tokens left, zero for an account that was never filled, negative when overdrawn
   * @param held tokens held by requests in progress
   * @param amount what a period of a budget grants; null for a plain balance
   * @param resetMillis until the budget's next period begins; null where there is none
   */
  record Balance(
      String consumer, long quota, long held, @Nullable Long amount, @Nullable Long resetMillis) {
    /** Of a plain balance. */
    public Balance(String consumer, long quota, long held) {
      this(consumer, quota, held, null, null);
    }
  }
}
