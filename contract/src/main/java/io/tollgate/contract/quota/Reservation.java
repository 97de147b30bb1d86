package io.tollgate.contract.quota;

import io.tollgate.contract.hold.QuotaHold;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@link ReserveRequest}. */
public sealed interface Reservation {
  /**
   * Go ahead.
   *
   * @param holds what was taken, to be settled when the request ends; empty when no quota applies
   * @param wouldRefuse the budgets in shadow that would have refused
   * @param stops when a stream is to be ended
   */
  record Reserved(List<QuotaHold> holds, List<String> wouldRefuse, List<Stop> stops)
      implements Reservation {
    /** No quota applies. */
    public static final Reserved FREELY = new Reserved(List.of());

    public Reserved {
      holds = List.copyOf(holds);
      wouldRefuse = List.copyOf(wouldRefuse);
      stops = List.copyOf(stops);
    }

    /** By quotas that let a stream run to its end. */
    public Reserved(List<QuotaHold> holds) {
      this(holds, List.of(), List.of());
    }
  }

  /**
   * Nothing is left; nothing was taken.
   *
   * @param consumer null when nobody knows who calls
   * @param balance tokens left in the account, zero when it was never filled
   * @param held tokens held by requests in progress
   * @param overdraft how far below zero new requests may take a budget; zero for a plain balance
   * @param part this node's part of what was left, which is what is spent while the store can't be
   *     reached: the balance is then what is left of it; null when the store was asked
   * @param budget the name of the budget that is spent; null for the route's plain balance
   * @param resetMillis until the budget's next period begins; null where it has none, or nobody
   *     knows
   */
  record Exhausted(
      @Nullable String consumer,
      long balance,
      long held,
      long overdraft,
      @Nullable Long part,
      @Nullable String budget,
      @Nullable Long resetMillis)
      implements Reservation {
    /** A refusal by the plain balance itself. */
    public Exhausted(String consumer, long balance, long held) {
      this(consumer, balance, held, null);
    }

    /** A refusal by the plain balance, or this node's part of it. */
    public Exhausted(String consumer, long balance, long held, @Nullable Long part) {
      this(consumer, balance, held, 0, part, null, null);
    }

    /** Whether there would be something left if nothing were held. */
    public boolean isOnlyHeld() {
      return balance + overdraft > 0 && held > 0;
    }
  }

  /** The balance can't be reached and the quota fails closed; nothing was taken. */
  record Unavailable(@Nullable String consumer, long retryAfterMillis) implements Reservation {}
}
