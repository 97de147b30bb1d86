package io.tollgate.bench.accuracy;

import java.util.Set;

/** Which requests held tokens at a moment. */
record HoldSample(long atMillis, Set<String> requests) {
  HoldSample {
    requests = Set.copyOf(requests);
  }
}
