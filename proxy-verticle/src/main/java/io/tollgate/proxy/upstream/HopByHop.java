package io.tollgate.proxy.upstream;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Headers that concern one connection and go no further (RFC 9110, section 7.6.1). */
final class HopByHop {
  private static final Set<String> NAMES =
      Set.of(
          "connection",
          "proxy-connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private HopByHop() {}

  /**
   * @param name in lower case
   */
  static boolean is(String name) {
    return NAMES.contains(name);
  }

  /** What the sender itself declares to be such, in lower case. */
  static Set<String> namedIn(MultiMap headers) {
    if (!headers.contains("connection")) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String value : headers.getAll("connection")) {
      for (String name : value.split(",")) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }
}
