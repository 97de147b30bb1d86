package io.tollgate.limiter;

import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.limiter.ProviderHealth.Reading;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The health of providers as all nodes together see it. A node that is silent for {@link #SILENCE}
 * is forgotten. One for all event loops of a node; thread-safe.
 */
final class ProviderHealths {
  static final Duration SILENCE = Duration.ofSeconds(5);

  private record Heard(ProviderHealth health, long atNanos) {}

  private final LongSupplier nanos;
  private final Map<String, Heard> byNode = new ConcurrentHashMap<>();

  ProviderHealths() {
    this(System::nanoTime);
  }

  ProviderHealths(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void heard(ProviderHealth health) {
    long now = nanos.getAsLong();
    byNode.values().removeIf(heard -> isSilent(heard, now));
    byNode.put(health.node(), new Heard(health, now));
  }

  /** What all nodes that are heard have seen of a provider. */
  Reading of(String provider) {
    long now = nanos.getAsLong();
    Reading sum = Reading.none(provider);
    for (Heard heard : byNode.values()) {
      if (!isSilent(heard, now)) {
        for (Reading reading : heard.health().providers()) {
          if (reading.provider().equals(provider)) {
            sum = sum.plus(reading);
          }
        }
      }
    }
    return sum;
  }

  private static boolean isSilent(Heard heard, long now) {
    return now - heard.atNanos() > SILENCE.toNanos();
  }
}
