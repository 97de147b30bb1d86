package io.tollgate.bench.accuracy;

import java.time.Duration;
import java.util.List;

/**
 * One run: who calls, on what, and what happens meanwhile.
 *
 * @param nodes of the gateway
 * @param fail the policy of every limit and balance while Redis is away
 * @param length of the load; longer when the incidents take longer
 * @param incidents one after another
 * @param again whether they begin again when they are over, until the time is
 */
record Trial(
    String name,
    int nodes,
    StoreKind store,
    String fail,
    Duration length,
    List<Lane> lanes,
    List<Incident> incidents,
    boolean again) {
  Trial {
    lanes = List.copyOf(lanes);
    incidents = List.copyOf(incidents);
  }
}
