package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.Estimate;
import org.jspecify.annotations.Nullable;

/**
 * May this request spend now? Asking again with the same id takes nothing twice.
 *
 * @param consumer null on a route without authentication
 * @param model the model that was asked for
 */
public record AdmitRequest(
    String requestId,
    String route,
    @Nullable String consumer,
    String model,
    CallFacts facts,
    Estimate estimate) {}
