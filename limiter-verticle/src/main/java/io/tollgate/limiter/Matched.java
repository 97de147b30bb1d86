package io.tollgate.limiter;

import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.limiter.Admission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route's rules have to do with a request.
 *
 * @param limits that apply, in the order of the configuration
 * @param lacks values that the request should have had, and has not
 */
record Matched(List<Limit> limits, List<Lack> lacks) {
  Matched {
    limits = List.copyOf(limits);
    lacks = List.copyOf(lacks);
  }

  /** The refusal of a request that lacks what it must have; null when it lacks nothing. */
  Admission.@Nullable Throttled refusal() {
    for (Lack lack : lacks) {
      if (lack.block().admitting().mode() == LimitMode.ENFORCE) {
        return lack.refusal();
      }
    }
    return null;
  }

  /** The rules in shadow that would have refused it for the same. */
  List<String> wouldRefuse() {
    if (lacks.isEmpty()) {
      return List.of();
    }
    return lacks.stream()
        .filter(lack -> lack.block().admitting().mode() == LimitMode.SHADOW)
        .map(Lack::rule)
        .toList();
  }
}
