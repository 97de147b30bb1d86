package io.tollgate.contract.quota;

import io.tollgate.contract.hold.QuotaHold;
import java.util.List;

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
   */
  record Exhausted(String consumer, long balance, long held) implements Reservation {}

  /** The balance can't be reached and the quota fails closed; nothing was taken. */
  record Unavailable(String consumer, long retryAfterMillis) implements Reservation {}
}
