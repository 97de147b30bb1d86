package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.PeriodBounds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A part of a fixed window, and of a balance, whose only window has no end. Windows begin with the
 * first use after the last one's end and end as their rule says, with the calendar or a period
 * later. What is settled counts in the window that it was held in, and after its end only an
 * overrun counts, in the window that runs then.
 */
final class WindowTally implements Tally {
  private static final long NEVER = Long.MAX_VALUE;

  private final InstantSource calendar;
  private @Nullable Period period;
  private long capacity;
  private long whole;
  private long beganMillis = Long.MIN_VALUE;
  private long endsMillis;
  private int nodes = 1;
  private long used;
  private long held;

  /**
   * @param calendar the clock that calendar windows go by
   * @param period how long windows are; null for one without end
   * @param capacity of the window that runs
   * @param counted what of it was used and held when it began to be shared
   * @param endsMillis when it ends
   */
  WindowTally(
      InstantSource calendar,
      @Nullable Period period,
      long capacity,
      long counted,
      long endsMillis) {
    this.calendar = calendar;
    this.period = period;
    this.capacity = capacity;
    this.whole = capacity - counted;
    this.endsMillis = endsMillis;
  }

  /** Of a balance, which is what there is until the store answers again. */
  static WindowTally ofBalance(InstantSource calendar, long balance) {
    return new WindowTally(calendar, null, balance, 0, NEVER);
  }

  @Override
  public boolean fits(@Nullable LimitTerms terms) {
    return terms == null || terms.algorithm() == Algorithm.FIXED_WINDOW;
  }

  /** Within a window the number of nodes never falls: one that has left may have used its own. */
  @Override
  public void ask(Ask ask, int players, long nowMillis) {
    LimitTerms terms = ask.terms();
    if (terms != null) {
      period = terms.period();
      whole += ask.whole() - capacity;
      capacity = ask.whole();
    }
    if (isOver(nowMillis)) {
      begin(nowMillis);
      nodes = players;
    }
    nodes = Math.max(nodes, players);
  }

  @Override
  public long part(long nowMillis) {
    return Tally.divided(whole, nodes);
  }

  @Override
  public long used(long nowMillis) {
    return used;
  }

  @Override
  public long held(long nowMillis) {
    return held;
  }

  @Override
  public void hold(long tokens, long nowMillis) {
    held += tokens;
  }

  @Override
  public void charge(long tokens, long nowMillis) {
    if (isOver(nowMillis)) {
      begin(nowMillis);
    }
    used += tokens;
  }

  @Override
  public void settle(long takenMillis, long tokensHeld, long tokensUsed, long nowMillis) {
    if (takenMillis >= beganMillis && !isOver(nowMillis)) {
      held -= tokensHeld;
      used += tokensUsed;
    } else if (tokensUsed > tokensHeld) {
      charge(tokensUsed - tokensHeld, nowMillis);
    }
  }

  @Override
  public long waitMillis(long needed, long nowMillis) {
    return resetMillis(nowMillis);
  }

  @Override
  public long resetMillis(long nowMillis) {
    return Math.max(1, endsMillis - nowMillis);
  }

  @Override
  public boolean isOver(long nowMillis) {
    return nowMillis >= endsMillis;
  }

  private void begin(long nowMillis) {
    whole = capacity;
    beganMillis = nowMillis;
    endsMillis = period == null ? NEVER : nowMillis + length(period, calendar.instant());
    used = 0;
    held = 0;
  }

  private static long length(Period period, Instant now) {
    Instant end =
        period.zone() == null
            ? PeriodBounds.endOfUse(period, now)
            : PeriodBounds.around(period, now).next();
    return Math.max(1, Duration.between(now, end).toMillis());
  }
}
