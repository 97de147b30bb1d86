package io.tollgate.proxy.http;

import io.tollgate.contract.config.RouteAuth;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a request carries its caller's key. */
public final class Credentials {
  /** Headers that carry keys on any route, so that none is passed on or named in a counter. */
  public static final Set<String> HEADERS = Set.of("authorization", "x-api-key", "api-key");

  private static final String AUTHORIZATION = "authorization";
  private static final String BEARER = "bearer ";

  /** More keys than this in one request are not looked at. */
  private static final int MAX_KEYS = 8;

  private Credentials() {}

  /** The keys that the request shows, in the order in which the route looks for them. */
  public static List<String> keys(RouteAuth auth, MultiMap headers, Query query) {
    List<String> keys = new ArrayList<>(1);
    for (String name : auth.inHeader()) {
      for (String value : headers.getAll(name)) {
        add(keys, key(name, value));
      }
    }
    for (String name : auth.inQuery()) {
      add(keys, query.first(name));
    }
    return keys;
  }

  private static void add(List<String> keys, @Nullable String key) {
    if (key != null && !key.isEmpty() && keys.size() < MAX_KEYS) {
      keys.add(key);
    }
  }

  /**
   * The key in a header's value; null when {@code authorization} has another scheme than Bearer.
   *
   * @param header lower-case name
   */
  public static @Nullable String key(String header, String value) {
    if (!header.equals(AUTHORIZATION)) {
      return value.strip();
    }
    return value.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? value.substring(BEARER.length()).strip()
        : null;
  }
}
