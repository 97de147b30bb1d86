package io.tollgate.proxy.upstream;

import java.util.List;

/**
 * What came of asking a route's upstreams.
 *
 * @param attempt the one that was not followed by another
 * @param lost of all attempts, the models of those that took the whole request and said nothing
 */
public record Forwarded(Attempt attempt, List<String> lost) {
  public Forwarded {
    lost = List.copyOf(lost);
  }
}
