package io.tollgate.proxy;

import io.tollgate.proxy.http.Interest;
import io.tollgate.proxy.upstream.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * A request that a provider has begun to answer.
 *
 * @param interest in the answer
 * @param outputCap what we have lowered the output of each text to; null when we have not
 * @param hidesUsage whether we asked the provider for the usage of a stream, and the client did not
 */
record AnsweredCall(
    AdmittedCall admitted,
    Attempt.Answered answer,
    Interest interest,
    @Nullable Long outputCap,
    boolean hidesUsage) {
  InboundCall inbound() {
    return admitted.inbound();
  }
}
