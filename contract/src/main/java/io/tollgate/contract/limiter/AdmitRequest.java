package io.tollgate.contract.limiter;

import io.tollgate.contract.tokens.Estimate;
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
 * @param onlyByProvider whether only limits that go by the provider are asked for: the others have
 *     been asked, and now another provider is to be tried
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
    Estimate estimate,
    boolean onlyByProvider) {
  public AdmitRequest {
    labels = Map.copyOf(labels);
  }

  /** Asks for all limits. */
  public AdmitRequest(
      String requestId,
      String route,
      @Nullable String consumer,
      Map<String, String> labels,
      String model,
      @Nullable String provider,
      long version,
      CallFacts facts,
      Estimate estimate) {
    this(requestId, route, consumer, labels, model, provider, version, facts, estimate, false);
  }
}
