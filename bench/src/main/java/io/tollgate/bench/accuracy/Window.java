package io.tollgate.bench.accuracy;

import java.util.ArrayList;
import java.util.List;

/**
 * One window of a limit, as its counter was seen.
 *
 * @param used the most that the counter said
 */
record Window(long startMillis, long endMillis, long used) {
  /**
   * What a counter said at a moment.
   *
   * @param leftMillis of its window
   */
  record Sample(long atMillis, long used, long leftMillis) {}

  /** The windows that samples, in the order of their times, are of. */
  static List<Window> of(List<Sample> samples, long lengthMillis) {
    List<Window> windows = new ArrayList<>();
    for (Sample sample : samples) {
      long end = sample.atMillis() + sample.leftMillis();
      Window last = windows.isEmpty() ? null : windows.getLast();
      if (last == null || end > last.endMillis + lengthMillis / 2) {
        windows.add(new Window(end - lengthMillis, end, sample.used()));
      } else {
        windows.set(
            windows.size() - 1,
            new Window(last.startMillis, last.endMillis, Math.max(last.used, sample.used())));
      }
    }
    return windows;
  }
}
