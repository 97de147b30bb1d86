package io.tollgate.proxy;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Stop;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.proxy.meter.UsageMeter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream may go whose rules say {@code on_exhausted: stop}: up to its hold and what is
 * left beyond it by the latest word of the store. Confined to the request's event loop.
 */
final class StopLine {
  /** So few tokens are told well enough from the number of their characters. */
  private static final long FEW_TOKENS = 3;

  private static final class Line {
    private final Stop stop;
    private final long held;
    private final String rule;
    private long amount;

    Line(Stop stop, long held, String rule) {
      this.stop = stop;
      this.held = held;
      this.rule = rule;
      this.amount = stop.amount();
    }
  }

  private final List<Line> limits = new ArrayList<>(0);
  private final List<Line> quotas = new ArrayList<>(0);
  private @Nullable String crossed;

  StopLine(
      List<LimitHold> limitHolds,
      List<Stop> limitStops,
      List<QuotaHold> quotaHolds,
      List<Stop> quotaStops) {
    for (Stop stop : limitStops) {
      LimitHold hold = limitHolds.get(stop.hold());
      limits.add(new Line(stop, hold.tokens(), hold.key().rule()));
    }
    for (Stop stop : quotaStops) {
      QuotaHold hold = quotaHolds.get(stop.hold());
      String budget = hold.budget();
      String rule = budget == null ? "quota" : BudgetRule.nameOf(budget);
      quotas.add(new Line(stop, hold.tokens(), rule));
    }
  }

  boolean isEmpty() {
    return limits.isEmpty() && quotas.isEmpty();
  }

  /** The limiter's latest word: for each hold what may be used beyond it. */
  void limitsRenewed(List<Long> left) {
    renewed(limits, left);
  }

  /** The same of the quota service. */
  void quotasRenewed(List<Long> left) {
    renewed(quotas, left);
  }

  private static void renewed(List<Line> lines, List<Long> left) {
    for (Line line : lines) {
      int hold = line.stop.hold();
      long more = hold < left.size() ? left.get(hold) : Renewed.NOBODY_KNOWS;
      if (more != Renewed.NOBODY_KNOWS) {
        line.amount = line.held + more;
      }
    }
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

  private boolean isReached(TokenUsage used) {
    crossed = firstReached(used);
    return crossed != null;
  }

  private @Nullable String firstReached(TokenUsage used) {
    String rule = firstReached(limits, used);
    return rule == null ? firstReached(quotas, used) : rule;
  }

  private static @Nullable String firstReached(List<Line> lines, TokenUsage used) {
    for (Line line : lines) {
      if (line.stop.count().of(used) >= line.amount) {
        return line.rule;
      }
    }
    return null;
  }

  private static TokenUsage more(TokenUsage soFar, long output) {
    return soFar.completed(soFar.promptTokens(), soFar.completionTokens() + output);
  }
}
