package io.tollgate.proxy.upstream;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which of a provider's headers the client gets: all but cookies and those of one connection. */
public final class ResponseHeaders {
  private ResponseHeaders() {}

  /** Adds them to what the client is to get. */
  public static void pass(MultiMap from, MultiMap to) {
    Set<String> named = HopByHop.namedIn(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HopByHop.is(name) && !named.contains(name) && !name.equals("set-cookie")) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }
}
