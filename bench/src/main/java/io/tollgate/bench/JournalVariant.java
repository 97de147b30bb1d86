package io.tollgate.bench;

import java.util.List;
import java.util.Locale;

/** A gateway's journal, as its configuration says. */
enum JournalVariant {
  OFF,
  NEVER,
  INTERVAL,
  ALWAYS;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For {@code --set}. */
  List<String> settings() {
    return this == OFF
        ? List.of("journal={enabled: false}")
        : List.of("journal={sync: " + label() + "}");
  }
}
