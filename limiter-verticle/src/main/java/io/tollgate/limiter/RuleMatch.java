package io.tollgate.limiter;

import io.tollgate.contract.limiter.AdmitRequest;
import java.util.List;

/** Says which limits apply to a request. */
interface RuleMatch {
  List<Limit> match(AdmitRequest request);
}
