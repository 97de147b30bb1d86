package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.Estimate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * May this request spend now? Asking again with the same id takes nothing twice.
 *
 * @param consumer null on a route without authentication
 * @param labels the consumer's
 * @param model the model that was asked for
 * @param provider the one that will be tried first; null when that is not known
 * @param version of the rules by which {@code facts} were gathered
 */
public record AdmitRequest(
    String requestId,
    String route,
    @Nullable String consumer,
    Map<String, String> labels,
    String model,
    @Nullable String provider,
    long version,
    CallFacts facts,
    Estimate estimate) {
  public AdmitRequest {
    labels = Map.copyOf(labels);
  }
}
