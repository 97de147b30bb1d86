package io.tollgate.proxy;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission.Standing;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.quota.Stop;
import io.tollgate.contract.tokens.Estimate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request holds, from its admission to its end. When it goes from one provider to another,
 * what it held on limits that go by the provider ends with all that it bound the request to, and
 * what the next one's limits say takes its place. Confined to the request's event loop.
 */
final class Holdings {
  private final String holder;
  private final String firstProvider;
  private final Estimate estimate;
  private final List<QuotaHold> quotaHolds;
  private final Tab tab = new Tab();
  private final StopLine stopLine;
  private List<HeldLimit> limits;
  private @Nullable Stay elsewhere;
  private int moves;

  /**
   * @param holder the id under which limiter and quota know what was taken at admission
   * @param firstProvider whose limits are among {@code limits}
   */
  Holdings(
      String holder,
      String firstProvider,
      Estimate estimate,
      List<HeldLimit> limits,
      List<QuotaHold> quotaHolds,
      List<Stop> quotaStops) {
    this.holder = holder;
    this.firstProvider = firstProvider;
    this.estimate = estimate;
    this.limits = limits;
    this.quotaHolds = quotaHolds;
    this.stopLine = new StopLine(tab, estimate.promptTokens());
    stopLine.addLimits(limits);
    stopLine.addQuotas(quotaHolds, quotaStops);
  }

  String holder() {
    return holder;
  }

  /** Those under {@link #holder}: without those of the first provider once that one is left. */
  List<LimitHold> limitHolds() {
    return limits.stream().map(HeldLimit::hold).toList();
  }

  List<QuotaHold> quotaHolds() {
    return quotaHolds;
  }

  boolean isEmpty() {
    return limits.isEmpty() && quotaHolds.isEmpty();
  }

  /** What is held under an id of its own, at another provider than the first; null for nothing. */
  @Nullable Stay elsewhere() {
    return elsewhere;
  }

  /** How far its stream may go. */
  StopLine stopLine() {
    return stopLine;
  }

  /** What the request costs whatever comes of it. */
  Tab tab() {
    return tab;
  }

  /** The provider that was asked has read the prompt in vain. */
  void promptRead(String model) {
    tab.promptRead(elsewhere == null ? holder : elsewhere.holder(), model);
  }

  /** What is held at the provider that was asked, which is not the request's any more. */
  Stay leave() {
    Stay left = elsewhere;
    if (left == null) {
      left =
          new Stay(
              firstProvider, holder, limits.stream().filter(HeldLimit::goesByProvider).toList());
      limits = limits.stream().filter(limit -> !limit.goesByProvider()).toList();
    }
    stopLine.drop(left.limitHolds());
    elsewhere = null;
    return left;
  }

  /** The id under which the limiter is to know what is held on the next provider's limits. */
  String nextHolder() {
    return holder + "-p" + (moves + 1);
  }

  /** The provider before was left. */
  void moveTo(Stay next) {
    moves++;
    elsewhere = next;
    stopLine.addLimits(next.limits());
  }

  /** The limit with the smallest share left, of those that the request goes by now. */
  @Nullable Standing tightest() {
    return HeldLimit.tightest(current());
  }

  /**
   * The most output tokens, of all texts together, that fit in what is held now beside the prompts
   * that were read and the one that will be; null for as many as the request says.
   */
  @Nullable Long outputCap() {
    long cap = Long.MAX_VALUE;
    for (HeldLimit limit : current()) {
      if (limit.clamps()) {
        LimitHold hold = limit.hold();
        long prompts = 1L + (limit.goesByProvider() ? 0 : tab.size());
        long left =
            hold.terms().count().outputWithin(hold.tokens(), prompts * estimate.promptTokens());
        cap = Math.min(cap, left);
      }
    }
    Long most = estimate.mostOutput();
    return cap == Long.MAX_VALUE || (most != null && cap >= most) ? null : (Long) cap;
  }

  /** The largest of the holds. */
  long largest() {
    long largest = 0;
    for (HeldLimit limit : current()) {
      largest = Math.max(largest, limit.hold().tokens());
    }
    for (QuotaHold hold : quotaHolds) {
      largest = Math.max(largest, hold.tokens());
    }
    return largest;
  }

  private List<HeldLimit> current() {
    if (elsewhere == null) {
      return limits;
    }
    List<HeldLimit> all = new ArrayList<>(limits);
    all.addAll(elsewhere.limits());
    return all;
  }
}
