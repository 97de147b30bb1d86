package io.tollgate.contract.hold;

import io.tollgate.contract.auth.KeyHash;

/**
 * One value of a request that rules may look at.
 *
 * @param text the value; for a header or parameter that carries a key, the key's {@link KeyHash}
 * @param hashed whether {@code text} is a hash
 */
public record FactValue(String text, boolean hashed) {
  public static FactValue plain(String text) {
    return new FactValue(text, false);
  }

  public static FactValue hashOf(String secret) {
    return new FactValue(KeyHash.of(secret), true);
  }
}
