package io.tollgate.contract.config;

import io.tollgate.contract.hold.LimitType;
import java.util.List;

/**
 * A rule item: within it, the first key that matches applies.
 *
 * @param keyName as in {@link io.tollgate.contract.hold.LimitKey}; header names in lower case
 */
public record LimitItem(LimitType type, String keyName, List<LimitKeyRule> keys) {
  public LimitItem {
    keys = List.copyOf(keys);
  }

  /**
   * @param pattern a literal, {@code *}, {@code regexp:<expression>}, an address or a CIDR block,
   *     as the type allows
   */
  public record LimitKeyRule(String pattern, LimitWindow window) {}
}
