package io.tollgate.bench;

import java.io.IOException;
import java.time.Duration;

/** A way to put a target under load. Blocks for as long as it takes. */
interface Load {
  /** The name in the results. */
  String label();

  Measured run(Target target, Scenario scenario, Duration length)
      throws IOException, InterruptedException;

  /** What the load saw; the fields are those of {@link Sample}. */
  record Measured(
      double seconds,
      long requests,
      long errors,
      long p50Micros,
      long p99Micros,
      long firstByteP50Micros,
      long firstByteP99Micros) {}
}
