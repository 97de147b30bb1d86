package io.tollgate.limiter;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.hold.FactValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The consumers' keys that the configuration gives in clear. A value that carries a key travels as
 * a hash; here it gets its name in Redis back. A key that was taken from its consumer stays known,
 * as requests that came with it are still to be settled. Thread-safe; never printed.
 */
final class KnownKeys {
  /** The keys that stay known beside those in use. */
  private static final int MOST_TAKEN = 100_000;

  private final Map<String, String> byHash = new ConcurrentHashMap<>();

  static KnownKeys of(Collection<ConsumerConfig> consumers) {
    KnownKeys keys = new KnownKeys();
    keys.learn(consumers);
    return keys;
  }

  /** Adds the keys that another version of the configuration gives. */
  synchronized void learn(Collection<ConsumerConfig> consumers) {
    Map<String, String> inUse = new HashMap<>();
    consumers.forEach(consumer -> inUse.putAll(consumer.knownKeys()));
    byHash.putAll(inUse);
    if (byHash.size() > inUse.size() + MOST_TAKEN) {
      byHash.keySet().retainAll(inUse.keySet());
    }
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
