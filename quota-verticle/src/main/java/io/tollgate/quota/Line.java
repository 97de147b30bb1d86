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
  /**
   * @throws BalanceFault when the script could not work on the balance
   */
  static Line of(Entry entry, Response answer) {
    String status = text(answer, 0);
    if (status.equals("fault")) {
      throw BalanceFault.of(entry.key(), text(answer, 1));
    }
    String balance = text(answer, 1);
    return new Line(
        status.equals("exhausted"),
        balance.isEmpty() ? null : Long.valueOf(balance),
        number(text(answer, 2)),
        number(text(answer, 3)));
  }

  /** The balance, where the verb always tells it. */
  long balanceOrZero() {
    return balance == null ? 0 : balance;
  }

  private static String text(Response answer, int index) {
    return String.valueOf(answer.get(index));
  }

  private static long number(String text) {
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }
}
