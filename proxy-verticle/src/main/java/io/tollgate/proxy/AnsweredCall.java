package io.tollgate.proxy;

import io.tollgate.proxy.upstream.Attempt;

/**
 * A request that a provider has begun to answer.
 *
 * @param hidesUsage whether we asked the provider for the usage of a stream, and the client did not
 */
record AnsweredCall(AdmittedCall admitted, Attempt.Answered answer, boolean hidesUsage) {
  InboundCall inbound() {
    return admitted.inbound();
  }
}
