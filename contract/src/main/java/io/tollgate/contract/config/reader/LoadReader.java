package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LoadScaling;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code load} of a block: which provider's health its numbers follow, and how far. */
final class LoadReader {
  private LoadReader() {}

  /**
   * @param providers by name
   * @return null when the numbers follow nothing
   */
  static @Nullable LoadScaling read(Value value, Set<String> providers) {
    if (!value.isAbsent()) {
      value.fault("a key that this version of Tollgate does not serve", "nothing");
    }
    return null;
  }
}
