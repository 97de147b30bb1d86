package io.tollgate.contract.config;

import io.tollgate.contract.hold.LimitType;
import java.util.List;

/**
 * A rule item: within it, the first key that matches applies.
 *
 * @param keyName as in {@link io.tollgate.contract.hold.LimitKey}; header names in lower case; of
 *     {@link LimitType#LIMIT_BY} the dimensions, separated by commas
 * @param when the requests it is for
 * @param missing what it does with a request that lacks the value
 */
public record LimitItem(
    LimitType type, String keyName, List<LimitKeyRule> keys, Selector when, MissingKey missing) {
  public LimitItem {
    keys = List.copyOf(keys);
  }

  /**
   * @param patterns one for each dimension: a literal, {@code *}, {@code regexp:<expression>}, an
   *     address or a CIDR block, as the type allows
   */
  public record LimitKeyRule(List<String> patterns, Allowance allowance) {
    public LimitKeyRule {
      patterns = List.copyOf(patterns);
    }

    /** For items that go by one value. */
    public LimitKeyRule(String pattern, Allowance allowance) {
      this(List.of(pattern), allowance);
    }
  }
}
