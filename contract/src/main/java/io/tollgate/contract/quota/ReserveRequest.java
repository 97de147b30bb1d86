package io.tollgate.contract.quota;

import io.tollgate.contract.hold.Estimate;

/** Can the consumer pay for this request? Asking again with the same id takes nothing twice. */
public record ReserveRequest(
    String requestId, String route, String consumer, String model, Estimate estimate) {}
