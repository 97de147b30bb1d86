package io.tollgate.contract.config;

import java.util.List;
import java.util.Map;

/**
 * Somebody who may call.
 *
 * @param keyHashes {@link io.tollgate.contract.auth.KeyHash} of each key
 * @param knownKeys those keys that the file gives in clear, by their hash; counters that are named
 *     after a key need them
 * @param labels such as {@code plan} and {@code team}, by which rules and quotas select
 */
public record ConsumerConfig(
    String name,
    List<String> keyHashes,
    Map<String, String> knownKeys,
    Map<String, String> labels) {
  public ConsumerConfig {
    keyHashes = List.copyOf(keyHashes);
    knownKeys = Map.copyOf(knownKeys);
    labels = Map.copyOf(labels);
  }

  @Override
  public String toString() {
    return "ConsumerConfig[name=" + name + ", keys=" + keyHashes.size() + "]";
  }
}
