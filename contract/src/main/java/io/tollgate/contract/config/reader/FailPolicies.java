package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.FailPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code fail} of a plugin block. */
final class FailPolicies {
  private FailPolicies() {}

  static FailPolicy read(Value value, FailPolicy orElse) {
    if (value.node().asText().equals("share")) {
      value.fault(
          "share, which this version of Tollgate does not serve",
          "open (requests pass while the store is away) or closed (they are refused)");
      return orElse;
    }
    Map<String, FailPolicy> words = new LinkedHashMap<>();
    words.put("open", FailPolicy.OPEN);
    words.put("closed", FailPolicy.CLOSED);
    return value.choice(words, orElse);
  }
}
