package io.tollgate.contract.config;

import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A quota beside a route's plain balance: an entry of {@code quotas}.
 *
 * @param name unique; part of the Redis keys
 * @param of the values of a request that have a budget each, such as {@code consumer}, {@code
 *     label:team} or {@code consumer, model}; empty for one budget for all
 * @param when the requests it is for
 * @param amount granted at the beginning of each period
 * @param period null for a budget that is never refilled by itself
 * @param carryOver the most that is taken along into the next period
 * @param overdraft how far below zero it may go before it is refused
 * @param alerts shares in percent of what there is to spend, in rising order, at which somebody is
 *     told
 */
public record Budget(
    String name,
    List<String> of,
    Selector when,
    Count count,
    long amount,
    @Nullable Period period,
    long carryOver,
    long overdraft,
    LimitMode mode,
    OnExhausted onExhausted,
    List<Integer> alerts,
    String store,
    FailPolicy fail) {
  public Budget {
    of = List.copyOf(of);
    alerts = List.copyOf(alerts);
  }

  /** What it does while its store is away: what refuses nobody lets everybody pass. */
  public FailPolicy withoutStore() {
    return mode == LimitMode.SHADOW ? FailPolicy.OPEN : fail;
  }
}
