package io.tollgate.contract.config.reader;

import java.util.List;

/** {@code alerts} of a block or quota: the shares in percent at which somebody is told. */
final class AlertLevels {
  private AlertLevels() {}

  static List<Integer> read(Value value) {
    if (!value.isAbsent()) {
      value.fault("a key that this version of Tollgate does not serve", "nothing");
    }
    return List.of();
  }
}
