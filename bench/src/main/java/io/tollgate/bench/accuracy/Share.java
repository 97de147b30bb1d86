package io.tollgate.bench.accuracy;

import java.util.List;

/**
 * Billed ÷ made of some accounts.
 *
 * @param near how many of them are within 5 % of what was made, or one token
 */
record Share(int accounts, long made, long billed, int near) {
  private static final double NEAR = 0.05;

  static Share of(List<Account> accounts) {
    return new Share(
        accounts.size(),
        accounts.stream().mapToLong(Account::made).sum(),
        accounts.stream().mapToLong(Account::billed).sum(),
        (int) accounts.stream().filter(Share::isNear).count());
  }

  private static boolean isNear(Account account) {
    return Math.abs(account.billed() - account.made()) <= Math.max(1, account.made() * NEAR);
  }

  /** Not a number when nothing was made. */
  double ratio() {
    return (double) billed / made;
  }
}
