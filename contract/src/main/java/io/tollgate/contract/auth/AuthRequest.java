package io.tollgate.contract.auth;

import java.util.List;

/**
 * Who is calling this route?
 *
 * @param route the route's name
 * @param version of the configuration that the proxy goes by
 * @param keyHashes lower-case hexadecimal SHA-256 of each key the caller sent, in the order in
 *     which the route looks for them; the keys themselves never travel
 */
public record AuthRequest(String route, long version, List<String> keyHashes) {
  public AuthRequest {
    keyHashes = List.copyOf(keyHashes);
  }
}
