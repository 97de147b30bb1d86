package io.tollgate.contract.config.reader;

import java.util.List;

/** How {@code limit_keys[].key} is read, which depends on what the rule item goes by. */
sealed interface KeyPatterns permits ValueKeys, DimensionKeys {
  /** As the file names what the item goes by. */
  String label();

  /** A key that may stand here. */
  String example();

  /** One pattern for each value that the item goes by; none when the key has a fault. */
  List<String> read(Value key);

  /** The patterns in words that may be printed. */
  String shown(List<String> patterns);
}
