package io.tollgate.contract.config.reader;

import java.util.List;
import java.util.Map;

/** What a request must be like for a route to be taken. */
record Conditions(
    String pathPrefix, List<String> hosts, Map<String, String> headers, List<String> models) {

  /** Whether these hold wherever the others do; never true by mistake, but it may miss a case. */
  boolean cover(Conditions others) {
    return coversPath(others.pathPrefix())
        && cover(hosts, others.hosts())
        && others.headers().entrySet().containsAll(headers.entrySet())
        && cover(models, others.models());
  }

  private boolean coversPath(String prefix) {
    return pathPrefix.equals("/")
        || prefix.equals(pathPrefix)
        || prefix.startsWith(pathPrefix.endsWith("/") ? pathPrefix : pathPrefix + "/");
  }

  private static boolean cover(List<String> patterns, List<String> others) {
    return patterns.isEmpty() || (!others.isEmpty() && patterns.containsAll(others));
  }
}
