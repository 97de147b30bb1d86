package io.tollgate.limiter;

import java.util.ArrayList;
import java.util.List;

/** All that was ever counted, of which a slice counts until the whole of it is a period ago. */
final class SlidingModel implements CounterModel {
  /**
   * @param at the number of its slice
   */
  private record Entry(long at, long tokens, boolean held) {}

  private final long period;
  private final long slice;
  private final List<Entry> entries = new ArrayList<>();
  private long clearedAt = -1;

  SlidingModel(long periodMillis, long sliceMillis) {
    this.period = periodMillis;
    this.slice = sliceMillis;
  }

  @Override
  public long countedAt(long time) {
    return sum(time, true) + sum(time, false);
  }

  @Override
  public long heldAt(long time) {
    return sum(time, true);
  }

  @Override
  public boolean counts(long window, long now) {
    return window > clearedAt && isIn(window / slice, now);
  }

  @Override
  public void hold(long tokens, long window, long now) {
    entries.add(new Entry(window / slice, tokens, true));
  }

  @Override
  public void use(long tokens, long window, long now) {
    entries.add(new Entry(window / slice, tokens, false));
  }

  @Override
  public long end(
      long freed, long counted, long size, long used, long window, long now, boolean whole) {
    hold(-freed, window, now);
    use(used - counted, window, now);
    return used;
  }

  /** What is taken off is the oldest. */
  @Override
  public void write(long used, long now) {
    long more = used - sum(now, false);
    long first = (now - period) / slice;
    for (long at = first; at <= now / slice && more < 0; at++) {
      long in = at;
      long there =
          entries.stream().filter(e -> !e.held() && e.at() == in).mapToLong(Entry::tokens).sum();
      long less = Math.min(Math.max(0, there), -more);
      entries.add(new Entry(at, -less, false));
      more += less;
    }
    entries.add(new Entry(now / slice, more, false));
  }

  @Override
  public void clear(long now) {
    entries.clear();
    clearedAt = now;
  }

  private long sum(long time, boolean held) {
    return entries.stream()
        .filter(e -> e.held() == held && isIn(e.at(), time))
        .mapToLong(Entry::tokens)
        .sum();
  }

  private boolean isIn(long at, long time) {
    return (at + 1) * slice + period > time;
  }
}
