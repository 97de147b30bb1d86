package io.tollgate.contract.hold;

import org.jspecify.annotations.Nullable;

/**
 * Names one counter. The limiter turns it into the Redis key {@code
 * higress-token-ratelimit:<ruleName>:<type>:<window>[:<keyName>:<value>]}.
 *
 * @param window as {@link LimitTerms#label} names it, such as {@code 60}
 * @param keyName the header, parameter or cookie; {@code x-mse-consumer} for consumers; the whole
 *     {@code from-…} text for addresses; of {@link LimitType#LIMIT_BY} the dimensions, separated by
 *     commas; empty for the global threshold
 * @param value the value that the counter is for; null for the global threshold, and for the
 *     counter that requests share which have no value
 * @param provider the only one whose tokens the counter is for; null when it is for all
 */
public record LimitKey(
    String ruleName,
    LimitType type,
    String window,
    String keyName,
    @Nullable FactValue value,
    @Nullable String provider) {
  /** A counter for the tokens of all providers. */
  public LimitKey(
      String ruleName, LimitType type, String window, String keyName, @Nullable FactValue value) {
    this(ruleName, type, window, keyName, value, null);
  }

  /** For people: {@code <rule_name>/<type>[:<key name>]/<window>}, without the value. */
  public String rule() {
    String name = keyName.isEmpty() ? "" : ':' + keyName;
    return ruleName + '/' + type.label() + name + '/' + shownWindow();
  }

  /** With the unit of a number of seconds. */
  private String shownWindow() {
    int digits = 0;
    while (digits < window.length() && Character.isDigit(window.charAt(digits))) {
      digits++;
    }
    boolean isSeconds = digits == window.length() || window.charAt(digits) == '-';
    return isSeconds && digits > 0
        ? window.substring(0, digits) + 's' + window.substring(digits)
        : window;
  }
}
