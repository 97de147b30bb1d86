package io.tollgate.contract.config.reader;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The names of one kind of thing: well-formed, and each only once. */
final class Names {
  static final String ALLOWED =
      "a name without spaces, braces and quotes, of at most 128 characters";

  static final Pattern FORM = Pattern.compile("[^\\s\\p{Cntrl}{}\"]{1,128}");

  private final Map<String, String> paths = new HashMap<>();

  /** Reads a name that is new. */
  String define(Value value) {
    String name = value.text(FORM, ALLOWED);
    String first = name.isBlank() ? null : paths.putIfAbsent(name, value.path());
    if (first != null) {
      value.fault(Value.quote(name) + " a second time", "a name other than that of " + first);
    }
    return name;
  }

  /** Reads a name that must be one of those that exist. */
  static String refer(Value value, String kind, Collection<String> existing) {
    String name = value.text("the name of a " + kind);
    if (!name.isBlank() && !existing.contains(name)) {
      value.fault(
          existing.isEmpty()
              ? "the name of a " + kind + ", of which there are none"
              : "the name of a "
                  + kind
                  + ": "
                  + String.join(", ", existing)
                  + Spelling.didYouMean(name, existing));
    }
    return name;
  }
}
