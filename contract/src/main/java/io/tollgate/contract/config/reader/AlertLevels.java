package io.tollgate.contract.config.reader;

import java.util.List;
import java.util.TreeSet;

/** {@code alerts} of a block or quota: the shares in percent at which somebody is told. */
final class AlertLevels {
  /** More than the whole can be used, as answers end when they end. */
  private static final int HIGHEST = 1000;

  private AlertLevels() {}

  /** In rising order; empty when nobody is to be told. */
  static List<Integer> read(Value value) {
    TreeSet<Integer> levels = new TreeSet<>();
    for (Value entry : value.list("a list of percentages, such as [50, 80, 100]", List.of())) {
      if (!levels.add(Math.toIntExact(entry.number(1, HIGHEST)))) {
        entry.fault(entry.found() + " a second time", "each percentage once");
      }
    }
    return List.copyOf(levels);
  }
}
