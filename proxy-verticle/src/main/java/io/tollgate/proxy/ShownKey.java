package io.tollgate.proxy;

import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.limiter.CallFacts;
import java.util.HashMap;
import java.util.Map;

/** What rules see of a request whose caller is named instead of showing a key. */
final class ShownKey {
  private ShownKey() {}

  /**
   * The same as if he had shown it in the first place where the route looks, and no other key.
   *
   * @param hash of the key
   */
  static CallFacts in(CallFacts facts, RouteAuth auth, String hash) {
    FactValue key = new FactValue(hash, true);
    Map<String, FactValue> headers = new HashMap<>(facts.headers());
    Map<String, FactValue> params = new HashMap<>(facts.params());
    auth.inHeader().forEach(headers::remove);
    auth.inQuery().forEach(params::remove);
    if (auth.inHeader().isEmpty()) {
      params.put(auth.inQuery().getFirst(), key);
    } else {
      headers.put(auth.inHeader().getFirst(), key);
    }
    return new CallFacts(headers, params, facts.cookies(), facts.remoteAddress());
  }
}
