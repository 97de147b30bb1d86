package io.tollgate.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** Names that were given in this period or in the one before it; fewer when there are many. */
final class RecentNames {
  private final long periodNanos;
  private final int most;
  private final LongSupplier nanoTime;
  private Set<String> names = new HashSet<>();
  private Set<String> before = new HashSet<>();
  private long period;

  /**
   * @param most the most names in a period; the next one begins early after that
   */
  RecentNames(Duration period, int most, LongSupplier nanoTime) {
    this.periodNanos = Math.max(1, period.toNanos());
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /** Remembers the names and returns those that it did not know. */
  List<String> addAll(Collection<String> given) {
    turn();
    List<String> unknown = new ArrayList<>();
    for (String name : given) {
      if (!before.contains(name) && names.add(name)) {
        unknown.add(name);
      }
    }
    return unknown;
  }

  void clear() {
    names.clear();
    before.clear();
  }

  private void turn() {
    long current = Math.floorDiv(nanoTime.getAsLong(), periodNanos);
    if (current > period + 1) {
      clear();
    } else if (current > period || names.size() >= most) {
      Set<String> oldest = before;
      before = names;
      names = oldest;
      names.clear();
    }
    period = current;
  }
}
