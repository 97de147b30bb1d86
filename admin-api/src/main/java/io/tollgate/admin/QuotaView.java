package io.tollgate.admin;

import io.tollgate.contract.quota.Accounts;

/**
 * One consumer's quota as the interface shows it, in tokens.
 *
 * @param available what new requests may hold; zero and less means none
 */
record QuotaView(String consumer, long quota, long held, long available) {
  static QuotaView of(Accounts.Balance balance) {
    long quota = balance.quota();
    long held = balance.held();
    long available = quota < Long.MIN_VALUE + held ? Long.MIN_VALUE : quota - held;
    return new QuotaView(balance.consumer(), quota, held, available);
  }
}
