package io.tollgate.quota;

import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger answers to one {@link Entry}; which numbers are there depends on the verb.
 *
 * @param balance tokens left afterwards; null when it was not looked at
 * @param held all tokens held afterwards
 * @param tokens what this request holds
 * @param resetMillis until a budget's period ends; null where it has none
 * @param amount what a period of a budget grants; null for a plain balance
 * @param news of a budget, what somebody is to be told of its use; null when there is nothing
 */
record Line(
    Status status,
    @Nullable Long balance,
    long held,
    long tokens,
    @Nullable Long resetMillis,
    @Nullable Long amount,
    @Nullable News news) {
  private static final int LENGTH_OF_BUDGET = 6;
  private static final int LENGTH_WITH_NEWS = 8;

  /**
   * Levels of use that are reached. Only one answer in the whole cluster has them.
   *
   * @param full what there was to spend
   * @param levels in percent of it, in rising order
   */
  record News(long full, List<Integer> levels) {
    private static News of(Response answer) {
      return new News(
          number(answer.get(LENGTH_OF_BUDGET)),
          Stream.of(answer.get(LENGTH_OF_BUDGET + 1).toString().split(" "))
              .map(Integer::valueOf)
              .toList());
    }
  }

  /** What became of a reservation. */
  enum Status {
    /** It was made, as any other entry. */
    OK,
    /** It was made, though nothing was available, as the budget only counts. */
    SHADOW,
    /** Nothing was available. */
    EXHAUSTED,
    /** Something was available, but not on another balance of the same request. */
    SPARED
  }

  /** Of a plain balance. */
  Line(boolean exhausted, @Nullable Long balance, long held, long tokens) {
    this(exhausted ? Status.EXHAUSTED : Status.OK, balance, held, tokens, null, null, null);
  }

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
    boolean isBudget = answer.size() >= LENGTH_OF_BUDGET;
    Response balance = answer.get(1);
    Long reset = isBudget ? number(answer.get(4)) : null;
    return new Line(
        Status.valueOf(answer.get(0).toString().toUpperCase(Locale.ROOT)),
        balance == null ? null : number(balance),
        number(answer.get(2)),
        number(answer.get(3)),
        reset == null || reset < 0 ? null : reset,
        isBudget ? number(answer.get(5)) : null,
        answer.size() == LENGTH_WITH_NEWS ? News.of(answer) : null);
  }

  boolean exhausted() {
    return status == Status.EXHAUSTED;
  }

  /** Whether there is a hold. */
  boolean isTaken() {
    return status == Status.OK || status == Status.SHADOW;
  }

  /** The balance, where the verb always tells it. */
  long balanceOrZero() {
    return balance == null ? 0 : balance;
  }

  private static Long number(Response answer) {
    return Long.valueOf(answer.toString());
  }
}
