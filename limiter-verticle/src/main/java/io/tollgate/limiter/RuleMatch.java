package io.tollgate.limiter;

import io.tollgate.contract.limiter.AdmitRequest;

/** Says which limits apply to a request. */
interface RuleMatch {
  Matched match(AdmitRequest request);
}
