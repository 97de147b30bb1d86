package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.FactValue;
import java.util.Map;

/**
 * What the route's rules look at in a request, and no more.
 *
 * @param headers by lower-case name
 * @param params query parameters, the first value of each
 * @param cookies by name
 * @param remoteAddress the peer's IP address, IPv4 in dotted form even when mapped into IPv6
 */
public record CallFacts(
    Map<String, FactValue> headers,
    Map<String, FactValue> params,
    Map<String, FactValue> cookies,
    String remoteAddress) {
  public CallFacts {
    headers = Map.copyOf(headers);
    params = Map.copyOf(params);
    cookies = Map.copyOf(cookies);
  }
}
