package io.tollgate.limiter;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.hold.FactValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The consumers' keys that the configuration gives in clear. A value that carries a key travels as
 * a hash; here it gets its name in Redis back. Immutable; never printed.
 */
final class KnownKeys {
  private final Map<String, String> byHash;

  private KnownKeys(Map<String, String> byHash) {
    this.byHash = Map.copyOf(byHash);
  }

  static KnownKeys of(Collection<ConsumerConfig> consumers) {
    Map<String, String> byHash = new HashMap<>();
    consumers.forEach(consumer -> byHash.putAll(consumer.knownKeys()));
    return new KnownKeys(byHash);
  }

  /** The value as it was sent, or {@code sha256:<hex>} when only its hash is known. */
  String textOf(FactValue value) {
    if (!value.hashed()) {
      return value.text();
    }
    String key = byHash.get(value.text());
    return key == null ? hashOf(value) : key;
  }

  /** {@code sha256:<hex>} of the value as it was sent, which tells it apart but not what it is. */
  static String hashOf(FactValue value) {
    return hashed(value.hashed() ? value.text() : KeyHash.of(value.text()));
  }

  private static String hashed(String hex) {
    return "sha256:" + hex;
  }
}
