package io.tollgate.contract.config;

import java.util.List;

/**
 * Where a route looks for a caller's key, and who may use it.
 *
 * @param inHeader lower-case header names, in order; {@code authorization} is read as {@code
 *     Bearer}
 * @param inQuery parameter names, in order, after the headers
 * @param allow consumers
 */
public record RouteAuth(List<String> inHeader, List<String> inQuery, List<String> allow) {
  public RouteAuth {
    inHeader = List.copyOf(inHeader);
    inQuery = List.copyOf(inQuery);
    allow = List.copyOf(allow);
  }
}
