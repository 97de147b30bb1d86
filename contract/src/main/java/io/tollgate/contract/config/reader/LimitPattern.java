package io.tollgate.contract.config.reader;

import io.tollgate.contract.hold.LimitType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** What may stand as {@code limit_keys[].key} under each type of limit. */
final class LimitPattern {
  static final String REGEXP = "regexp:";

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  private LimitPattern() {}

  /** Where a regular expression has a fault, and which; nothing when it has none. */
  static Optional<String> regexFault(String pattern) {
    return Re2Syntax.fault(pattern.substring(REGEXP.length()));
  }

  /** Reports what {@link #regexFault} found. */
  static void reportRegex(Value key, String pattern, String fault) {
    key.fault(
        key.found()
            + " ("
            + LimitItemReader.IN_ITEM
            + "failed to compile regex for key '"
            + pattern
            + "': "
            + fault
            + ")",
        "regexp: and an expression in RE2 syntax");
  }

  static void checkAddress(Value key, String pattern) {
    if (!isAddress(pattern)) {
      key.fault(
          key.found()
              + " ("
              + LimitItemReader.IN_ITEM
              + "failed to parse IPNet for key '"
              + pattern
              + "': invalid IP["
              + pattern
              + "])",
          "an address or a CIDR block, such as 10.0.0.0/8; 0.0.0.0/0 and ::/0 for everybody");
    }
  }

  /** Whether each value is to get its own counter. */
  static boolean isWildcard(String pattern) {
    return pattern.equals("*") || pattern.startsWith(REGEXP);
  }

  /** Whether every value fits. */
  static boolean isForAll(LimitType type, String pattern) {
    return pattern.equals("*") || (type == LimitType.LIMIT_BY_PER_IP && pattern.endsWith("/0"));
  }

  /** An address, or a CIDR block. */
  static boolean isAddress(String pattern) {
    int slash = pattern.indexOf('/');
    String address = slash < 0 ? pattern : pattern.substring(0, slash);
    boolean four = IPV4.matcher(address).matches();
    if (!four && !isIpv6(address)) {
      return false;
    }
    String bits = slash < 0 ? "0" : pattern.substring(slash + 1);
    return bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= (four ? IPV4_BITS : IPV6_BITS);
  }

  private static boolean isIpv6(String address) {
    if (!IPV6.matcher(address).matches()) {
      return false;
    }
    try {
      // A text with a colon is never looked up as a name.
      return InetAddress.getByName(address) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The type that takes the other kind of pattern for the same thing. */
  static LimitType counterpart(LimitType type) {
    return switch (type) {
      case LIMIT_BY_HEADER -> LimitType.LIMIT_BY_PER_HEADER;
      case LIMIT_BY_PARAM -> LimitType.LIMIT_BY_PER_PARAM;
      case LIMIT_BY_COOKIE -> LimitType.LIMIT_BY_PER_COOKIE;
      case LIMIT_BY_CONSUMER -> LimitType.LIMIT_BY_PER_CONSUMER;
      case LIMIT_BY_PER_HEADER -> LimitType.LIMIT_BY_HEADER;
      case LIMIT_BY_PER_PARAM -> LimitType.LIMIT_BY_PARAM;
      case LIMIT_BY_PER_COOKIE -> LimitType.LIMIT_BY_COOKIE;
      case LIMIT_BY_PER_CONSUMER -> LimitType.LIMIT_BY_CONSUMER;
      case LIMIT_BY_PER_IP, LIMIT_BY, GLOBAL_THRESHOLD -> type;
    };
  }
}
