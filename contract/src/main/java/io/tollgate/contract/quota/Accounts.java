package io.tollgate.contract.quota;

import java.util.List;

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
   * @param quota tokens left, zero for an account that was never filled, negative when overdrawn
   * @param held tokens held by requests in progress
   */
  record Balance(String consumer, long quota, long held) {}
}
