package io.tollgate.contract.limiter;

import io.tollgate.contract.bus.Topic;
import java.util.List;

/**
 * How the providers do, as one node has seen it in the last seconds. Published once a second by
 * each node that forwards requests; a node that is silent is forgotten.
 *
 * @param node the id of the node
 */
public record ProviderHealth(String node, List<Reading> providers) {
  public static final Topic<ProviderHealth> TOPIC =
      new Topic<>("tollgate.event.provider-health", ProviderHealth.class);

  public ProviderHealth {
    providers = List.copyOf(providers);
  }

  /**
   * One provider. All of it are sums, so that those of several nodes can be added up.
   *
   * @param provider its name in the configuration
   * @param inFlight requests that it has not finished answering, now
   * @param asked requests of the last seconds that it has begun to answer, or failed to
   * @param failed how many of these were connections refused or broken, timeouts, and 5xx
   * @param answered how many it has begun to answer
   * @param latencyMillis the time that these took until the first byte, all together
   */
  public record Reading(
      String provider, long inFlight, long asked, long failed, long answered, long latencyMillis) {
    /** Nothing was seen. */
    public static Reading none(String provider) {
      return new Reading(provider, 0, 0, 0, 0, 0);
    }

    /** Both together. */
    public Reading plus(Reading other) {
      return new Reading(
          provider,
          inFlight + other.inFlight,
          asked + other.asked,
          failed + other.failed,
          answered + other.answered,
          latencyMillis + other.latencyMillis);
    }
  }
}
