package io.tollgate.proxy;

import io.tollgate.contract.hold.LimitHold;
import java.util.List;

/**
 * What a request holds on limits that go by the provider: on those of the one that is being asked.
 * Confined to the request's event loop.
 */
final class ProviderHolds {
  /**
   * Holds on one provider's limits.
   *
   * @param holder the id under which the limiter knows them
   */
  record Of(String provider, String holder, List<LimitHold> holds) {}

  private final boolean isLimited;
  private final String firstHolder;
  private Of current;
  private boolean hasMoved;
  private int moves;

  /**
   * @param isLimited whether a rule of the route goes by the provider
   */
  ProviderHolds(boolean isLimited, Of first) {
    this.isLimited = isLimited;
    this.firstHolder = first.holder();
    this.current = first;
  }

  boolean isLimited() {
    return isLimited;
  }

  Of current() {
    return current;
  }

  /** Whether the current ones were taken later than the request's other holds. */
  boolean isElsewhere() {
    return !current.holder().equals(firstHolder);
  }

  /** Whether the first provider was left. */
  boolean hasMoved() {
    return hasMoved;
  }

  /** The current ones, which are not the request's any more. */
  Of leave() {
    Of left = current;
    hasMoved = true;
    current = new Of(left.provider(), left.holder(), List.of());
    return left;
  }

  /** The id under which the limiter is to know what is held on the next provider's limits. */
  String nextHolder() {
    return firstHolder + "-p" + (moves + 1);
  }

  void moveTo(Of next) {
    moves++;
    current = next;
  }
}
