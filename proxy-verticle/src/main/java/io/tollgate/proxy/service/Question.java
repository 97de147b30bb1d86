package io.tollgate.proxy.service;

import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.tokens.Estimate;
import java.util.List;

/**
 * A request that a service is asked about, and told the usage of.
 *
 * @param requestId the same in both; services that know of ASM's contract alone pass over it
 * @param keys at least one
 */
public record Question(
    LimitServiceConfig service,
    String route,
    String requestId,
    List<String> keys,
    Estimate estimate) {
  public Question {
    keys = List.copyOf(keys);
  }
}
