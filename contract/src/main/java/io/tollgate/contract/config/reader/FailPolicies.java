package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.FailPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code fail} of a plugin block. */
final class FailPolicies {
  private FailPolicies() {}

  static FailPolicy read(Value value, FailPolicy orElse) {
    Map<String, FailPolicy> words = new LinkedHashMap<>();
    words.put("open", FailPolicy.OPEN);
    words.put("closed", FailPolicy.CLOSED);
    words.put("share", FailPolicy.SHARE);
    return value.choice(words, orElse);
  }
}
