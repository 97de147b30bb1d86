package io.tollgate.contract.config;

import java.util.List;

/**
 * Whom to try, one after another, when a route's upstream fails before its first byte.
 *
 * @param on what counts as a failure; never a refusal of ours
 */
public record FallbackConfig(List<UpstreamConfig> upstreams, On on) {
  public FallbackConfig {
    upstreams = List.copyOf(upstreams);
  }

  /**
   * @param connect the connection could not be made
   * @param timeout no answer came in time
   * @param statuses exact status codes, as well as {@code 4} and {@code 5} for whole classes
   */
  public record On(boolean connect, boolean timeout, List<Integer> statuses) {
    public On {
      statuses = List.copyOf(statuses);
    }

    public boolean status(int code) {
      return statuses.contains(code) || statuses.contains(code / 100);
    }
  }
}
