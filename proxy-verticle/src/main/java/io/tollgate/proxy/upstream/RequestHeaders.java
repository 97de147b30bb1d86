package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.RouteAuth;
import io.tollgate.proxy.http.Credentials;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a client's headers the provider gets: all but credentials, cookies and what concerns one
 * connection only.
 */
public final class RequestHeaders {
  private static final Set<String> NEVER =
      Set.of("cookie", "host", "accept-encoding", "content-length", "expect");

  private RequestHeaders() {}

  /**
   * @param auth names the headers that carry the client's key; null on an open route
   */
  public static MultiMap passed(MultiMap headers, @Nullable RouteAuth auth) {
    Set<String> named = HopByHop.namedIn(headers);
    Set<String> keys = auth == null ? Set.of() : new HashSet<>(auth.inHeader());
    MultiMap passed = MultiMap.caseInsensitiveMultiMap();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      boolean stays =
          NEVER.contains(name)
              || Credentials.HEADERS.contains(name)
              || keys.contains(name)
              || HopByHop.is(name)
              || named.contains(name)
              || name.startsWith(":");
      if (!stays) {
        passed.add(header.getKey(), header.getValue());
      }
    }
    return passed.set("accept-encoding", "identity");
  }
}
