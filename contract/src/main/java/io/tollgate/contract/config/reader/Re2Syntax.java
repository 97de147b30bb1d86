package io.tollgate.contract.config.reader;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Checks a regular expression: it must be well-formed, and must do without what RE2 leaves out so
 * that matching takes linear time.
 */
final class Re2Syntax {
  /** Passes over escapes, quoted parts and character classes, and stops at what RE2 lacks. */
  private static final Pattern SCAN =
      Pattern.compile(
          "(?<backreference>\\\\(?:[1-9]|k<))"
              + "|(?<unknown>\\\\[GZRXhHNeK])"
              + "|\\\\Q.*?(?:\\\\E|$)"
              + "|\\\\."
              + "|\\[\\^?\\]?(?:\\[:\\^?\\w+:\\]|\\\\.|[^\\]\\\\])*\\]"
              + "|(?<look>\\(\\?(?:=|!|<=|<!))"
              + "|(?<atomic>\\(\\?>)"
              + "|(?<possessive>[*+?}]\\+)"
              + "|[\\s\\S]",
          Pattern.DOTALL);

  private Re2Syntax() {}

  /** What is wrong, or nothing. */
  static Optional<String> fault(String expression) {
    Matcher scan = SCAN.matcher(expression);
    while (scan.find()) {
      if (scan.group("backreference") != null) {
        return Optional.of("back-references are not served");
      }
      if (scan.group("unknown") != null) {
        return Optional.of(scan.group() + " is not served");
      }
      if (scan.group("look") != null) {
        return Optional.of("look-ahead and look-behind are not served");
      }
      if (scan.group("atomic") != null || scan.group("possessive") != null) {
        return Optional.of("atomic groups and possessive quantifiers are not served");
      }
    }
    try {
      Pattern.compile(expression.replace("(?P<", "(?<"));
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(e.getDescription());
    }
  }
}
