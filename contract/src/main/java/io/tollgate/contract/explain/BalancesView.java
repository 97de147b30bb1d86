package io.tollgate.contract.explain;

import io.tollgate.contract.quota.Reservation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The balances that a request pays from, as they stand for it.
 *
 * @param exhausted the refusal that it would get; null when there is room
 * @param unavailable the same for a store that is away
 */
public record BalancesView(
    List<BalanceView> balances,
    Reservation.@Nullable Exhausted exhausted,
    Reservation.@Nullable Unavailable unavailable) {
  /** Of a request that nobody pays for. */
  public static final BalancesView NONE = new BalancesView(List.of(), null, null);

  public BalancesView {
    balances = List.copyOf(balances);
  }

  /**
   * @param reservation what the quota service would answer
   */
  public static BalancesView of(List<BalanceView> balances, Reservation reservation) {
    return switch (reservation) {
      case Reservation.Reserved reserved -> new BalancesView(balances, null, null);
      case Reservation.Exhausted refusal -> new BalancesView(balances, refusal, null);
      case Reservation.Unavailable away -> new BalancesView(balances, null, away);
    };
  }

  /** What the quota service would answer; without the holds that it would have taken. */
  public Reservation reservation() {
    if (exhausted != null) {
      return exhausted;
    }
    return unavailable == null ? new Reservation.Reserved(List.of()) : unavailable;
  }
}
