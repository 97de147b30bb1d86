package io.tollgate.contract.quota;

import io.tollgate.contract.tokens.Estimate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Can this request be paid for? Asking again with the same id takes nothing twice.
 *
 * @param consumer null on a route without authentication
 * @param labels the consumer's
 * @param model the model that was asked for
 * @param version of the rules that the proxy goes by
 */
public record ReserveRequest(
    String requestId,
    String route,
    @Nullable String consumer,
    Map<String, String> labels,
    String model,
    long version,
    Estimate estimate) {
  public ReserveRequest {
    labels = Map.copyOf(labels);
  }
}
