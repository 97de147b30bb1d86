package io.tollgate.proxy;

import io.tollgate.proxy.http.Interest;
import io.tollgate.proxy.upstream.Attempt;

/**
 * A request that a provider has begun to answer.
 *
 * @param interest in the answer
 * @param hidesUsage whether we asked the provider for the usage of a stream, and the client did not
 */
record AnsweredCall(
    AdmittedCall admitted, Attempt.Answered answer, Interest interest, boolean hidesUsage) {
  InboundCall inbound() {
    return admitted.inbound();
  }
}
