package io.tollgate.proxy.encoding;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The encodings that a client says it can undo. One that says nothing accepts none: by RFC 9110 it
 * would accept all, but those that say nothing are mostly those that can do nothing.
 */
record AcceptedEncodings(Set<String> named, Set<String> refused) {
  private static final String HEADER = "accept-encoding";
  private static final String ANY = "*";

  static AcceptedEncodings of(MultiMap headers) {
    Set<String> named = new HashSet<>();
    Set<String> refused = new HashSet<>();
    for (String value : headers.getAll(HEADER)) {
      for (String preference : value.split(",")) {
        String[] parts = preference.split(";");
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        (parts.length > 1 && isZero(parts[1]) ? refused : named).add(name);
      }
    }
    return new AcceptedEncodings(named, refused);
  }

  /** Whether a weight is {@code q=0}, with any number of decimals. */
  private static boolean isZero(String weight) {
    String value = weight.strip().toLowerCase(Locale.ROOT);
    return value.startsWith("q=0") && value.chars().skip(3).allMatch(c -> c == '0' || c == '.');
  }

  boolean contain(String encoding) {
    String name = encoding.toLowerCase(Locale.ROOT);
    return named.contains(name) || (named.contains(ANY) && !refused.contains(name));
  }
}
