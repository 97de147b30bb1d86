package io.tollgate.proxy.http;

import java.util.List;
import java.util.function.Predicate;

/** An exact name, or one with a leading or trailing {@code *}. */
public record NamePattern(String text, boolean anyStart, boolean anyEnd)
    implements Predicate<String> {
  public static NamePattern of(String written) {
    if (written.equals("*")) {
      return new NamePattern("", true, true);
    }
    if (written.startsWith("*")) {
      return new NamePattern(written.substring(1), true, false);
    }
    if (written.endsWith("*")) {
      return new NamePattern(written.substring(0, written.length() - 1), false, true);
    }
    return new NamePattern(written, false, false);
  }

  public static List<NamePattern> all(List<String> written) {
    return written.stream().map(NamePattern::of).toList();
  }

  /** Whether one of them fits; none at all stands for anything. */
  public static boolean any(List<NamePattern> patterns, String name) {
    if (patterns.isEmpty()) {
      return true;
    }
    for (NamePattern pattern : patterns) {
      if (pattern.test(name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean test(String name) {
    if (anyStart) {
      return name.endsWith(text);
    }
    return anyEnd ? name.startsWith(text) : name.equals(text);
  }
}
