package io.tollgate.proxy;

import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.quota.Stop;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.proxy.meter.UsageMeter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream may go whose rules say {@code on_exhausted: stop}: up to its hold and what is
 * left beyond it by the latest word of the store. A line stands for as long as its hold does.
 * Confined to the request's event loop.
 */
final class StopLine {
  /**
   * Some intervals, as the pace that is told may be an old one, and grows when streams at once have
   * used what they hold and go on with what is left for all.
   */
  private static final long SOON_NANOS = 4 * Lease.RENEWAL_INTERVAL.toNanos();

  /** So few tokens are told well enough from the number of their characters. */
  private static final long FEW_TOKENS = 3;

  private static final class Line {
    private final Record hold;
    private final Count count;
    private final long held;
    private final String rule;

    /** Whether it counts the prompts that others have read in vain. */
    private final boolean ofAllProviders;

    private long amount;

    /** How much could still be used by the last word, and when that came; not before the first. */
    private long left = NOTHING_HEARD;

    private long heardNanos;

    /** How fast it comes near is known from the second word on. */
    private boolean isNear = true;

    Line(Record hold, Count count, long held, String rule, boolean ofAllProviders, long amount) {
      this.hold = hold;
      this.count = count;
      this.held = held;
      this.rule = rule;
      this.ofAllProviders = ofAllProviders;
      this.amount = amount;
    }

    /** One that was passed already is not near: its stream ends with its next event. */
    void hear(long nowLeft, long nowNanos) {
      double soonUsed = (double) (left - nowLeft) * SOON_NANOS / Math.max(1, nowNanos - heardNanos);
      isNear = left == NOTHING_HEARD || (nowLeft > 0 && nowLeft <= soonUsed);
      left = nowLeft;
      heardNanos = nowNanos;
    }
  }

  private static final long NOTHING_HEARD = Long.MIN_VALUE;

  private final Tab tab;
  private final long promptTokens;
  private final List<Line> lines = new ArrayList<>(0);
  private @Nullable String crossed;

  /**
   * @param tab the prompts that were read in vain
   * @param promptTokens about so many each
   */
  StopLine(Tab tab, long promptTokens) {
    this.tab = tab;
    this.promptTokens = promptTokens;
  }

  void addLimits(List<HeldLimit> limits) {
    for (HeldLimit limit : limits) {
      Long amount = limit.stopsAt();
      if (amount != null) {
        LimitHold hold = limit.hold();
        Count count = hold.terms().count();
        boolean ofAll = !limit.goesByProvider();
        lines.add(new Line(hold, count, hold.tokens(), hold.key().rule(), ofAll, amount));
      }
    }
  }

  void addQuotas(List<QuotaHold> holds, List<Stop> stops) {
    for (Stop stop : stops) {
      QuotaHold hold = holds.get(stop.hold());
      String budget = hold.budget();
      String rule = budget == null ? "quota" : BudgetRule.nameOf(budget);
      lines.add(new Line(hold, stop.count(), hold.tokens(), rule, true, stop.amount()));
    }
  }

  /** These are held no more. */
  void drop(List<LimitHold> holds) {
    lines.removeIf(line -> holds.stream().anyMatch(line.hold::equals));
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * The latest word of who keeps these holds.
   *
   * @param left for each of them what may be used beyond it
   * @param used what the request had used when it asked
   */
  void renewed(List<? extends Record> holds, List<Long> left, TokenUsage used, long nowNanos) {
    for (Line line : lines) {
      int place = holds.indexOf(line.hold);
      long more = place < 0 || place >= left.size() ? Renewed.NOBODY_KNOWS : left.get(place);
      if (more != Renewed.NOBODY_KNOWS) {
        line.amount = line.held + more;
        line.hear(line.amount - line.count.of(used), nowNanos);
      }
    }
  }

  /** The next word on these holds is on its way. */
  void asked(List<? extends Record> holds) {
    for (Line line : lines) {
      if (holds.contains(line.hold)) {
        line.isNear = false;
      }
    }
  }

  /**
   * Whether the next word is wanted sooner than usual: what is left, by the pace at which this
   * stream and others use it up, does not last until then.
   */
  boolean isNear() {
    for (Line line : lines) {
      if (line.isNear) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the stream is to end here. When the line comes near, the tokens are counted that were
   * only guessed up to now.
   */
  boolean isReached(UsageMeter meter) {
    TokenUsage soFar = meter.soFar();
    long rough = meter.roughTokens();
    if (rough <= FEW_TOKENS) {
      return isReached(soFar);
    }
    if (firstReached(more(soFar, rough)) == null) {
      return false;
    }
    meter.refine();
    return isReached(more(soFar, -rough / 4));
  }

  /** The rule whose line the stream has reached; null when it has reached none. */
  @Nullable String crossed() {
    return crossed;
  }

  boolean isReached(TokenUsage used) {
    crossed = firstReached(used);
    return crossed != null;
  }

  /**
   * @param used by the answer
   */
  private @Nullable String firstReached(TokenUsage used) {
    TokenUsage all = used.plusPrompt(tab.size() * promptTokens);
    for (Line line : lines) {
      if (line.count.of(line.ofAllProviders ? all : used) >= line.amount) {
        return line.rule;
      }
    }
    return null;
  }

  private static TokenUsage more(TokenUsage soFar, long output) {
    return soFar.completed(soFar.promptTokens(), soFar.completionTokens() + output);
  }
}
