package io.tollgate.quota;

import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger answers to one {@link Entry}; which numbers are there depends on the verb.
 *
 * @param exhausted whether nothing was available to a reservation
 * @param balance tokens left afterwards; null when it was not looked at
 * @param held all tokens held afterwards
 * @param tokens what this request holds
 */
record Line(boolean exhausted, @Nullable Long balance, long held, long tokens) {
  /** Why the script could not work on the balance; null when it could. */
  static @Nullable String errorIn(Response answer) {
    return answer.get(0).toString().equals("fault") ? answer.get(1).toString() : null;
  }

  /**
   * @throws BalanceFault when the script could not work on the balance
   */
  static Line of(Entry entry, Response answer) {
    String error = errorIn(answer);
    if (error != null) {
      throw BalanceFault.of(entry.key(), error);
    }
    Response balance = answer.get(1);
    return new Line(
        answer.get(0).toString().equals("exhausted"),
        balance == null ? null : Long.valueOf(balance.toString()),
        Long.parseLong(answer.get(2).toString()),
        Long.parseLong(answer.get(3).toString()));
  }

  /** The balance, where the verb always tells it. */
  long balanceOrZero() {
    return balance == null ? 0 : balance;
  }
}
