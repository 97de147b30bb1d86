package io.tollgate.contract.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A provider as one of a route's upstreams.
 *
 * @param weight its share among the route's upstreams, at least 0
 * @param modelMapping from the model asked for ({@code exact}, {@code prefix*} or {@code *}) to the
 *     provider's own name, in the order of the file; exact names win, then the first that matches
 */
public record UpstreamConfig(String provider, int weight, Map<String, String> modelMapping) {
  public UpstreamConfig {
    modelMapping = Collections.unmodifiableMap(new LinkedHashMap<>(modelMapping));
  }
}
