package io.tollgate.bench.accuracy;

import java.time.Duration;

/** What happens to the gateway in a run. Incidents follow one another. */
sealed interface Incident {
  /** From the end of the incident before. */
  Duration after();

  /**
   * A node is killed when a client has just seen the end of an answer, and is started again.
   *
   * @param node counted from 0
   */
  record Kill(Duration after, int node) implements Incident {}

  /**
   * Redis goes away for a time.
   *
   * @param length until it comes back
   */
  record Away(Duration after, Store.Outage outage, Duration length) implements Incident {}
}
