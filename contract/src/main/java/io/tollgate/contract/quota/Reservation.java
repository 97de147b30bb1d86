package io.tollgate.contract.quota;

import io.tollgate.contract.hold.QuotaHold;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@link ReserveRequest}. */
public sealed interface Reservation {
  /**
   * Go ahead.
   *
   * @param holds what was taken, to be settled when the request ends; empty when the route has no
   *     quota
   */
  record Reserved(List<QuotaHold> holds) implements Reservation {
    public Reserved {
      holds = List.copyOf(holds);
    }
  }

  /**
   * Nothing is left; nothing was taken.
   *
   * @param balance tokens left in the account, zero when it was never filled
   * @param held tokens held by requests in progress
   * @param part this node's part of what was left, which is what is spent while the store can't be
   *     reached: the balance is then what is left of it; null when the store was asked
   */
  record Exhausted(String consumer, long balance, long held, @Nullable Long part)
      implements Reservation {
    /** A refusal by the balance itself. */
    public Exhausted(String consumer, long balance, long held) {
      this(consumer, balance, held, null);
    }
  }

  /** The balance can't be reached and the quota fails closed; nothing was taken. */
  record Unavailable(String consumer, long retryAfterMillis) implements Reservation {}
}
