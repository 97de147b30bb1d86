package io.tollgate.proxy.upstream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.limiter.ProviderHealth.Reading;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/**
 * How all configured providers do, as gauges and for the limiters of all nodes. One for all event
 * loops of a node; thread-safe.
 */
public final class Pulses {
  private static final long INTERVAL_MILLIS = 1000;

  private final String node = UUID.randomUUID().toString();
  private final Map<String, Pulse> byProvider = new LinkedHashMap<>();
  private final AtomicBoolean isTold = new AtomicBoolean();

  public Pulses(List<ProviderConfig> providers, MeterRegistry meters) {
    for (ProviderConfig provider : providers) {
      Pulse pulse = new Pulse(provider.name(), System::nanoTime);
      byProvider.put(provider.name(), pulse);
      register(pulse, provider.name(), meters);
    }
  }

  Pulse of(String provider) {
    Pulse pulse = byProvider.get(provider);
    if (pulse == null) {
      throw new IllegalArgumentException("no provider is called " + provider);
    }
    return pulse;
  }

  /**
   * Tells the limiters once a second, from one of the node's event loops.
   *
   * @return ends that
   */
  public Runnable tell(Vertx vertx) {
    if (!isTold.compareAndSet(false, true)) {
      return () -> {};
    }
    long timer = vertx.setPeriodic(INTERVAL_MILLIS, tick -> publish(vertx));
    return () -> {
      vertx.cancelTimer(timer);
      isTold.set(false);
    };
  }

  private void publish(Vertx vertx) {
    List<Reading> readings = byProvider.values().stream().map(Pulse::reading).toList();
    ProviderHealth.TOPIC.publish(vertx, new ProviderHealth(node, readings));
  }

  private static void register(Pulse pulse, String provider, MeterRegistry meters) {
    gauge(
        "tollgate.provider.in.flight",
        "Requests that a provider has not finished answering",
        pulse,
        provider,
        meters,
        reading -> (double) reading.inFlight());
    gauge(
        "tollgate.provider.latency.seconds",
        "Time to the first byte of a provider's answers, the average of the last seconds",
        pulse,
        provider,
        meters,
        reading -> reading.latencyMillis() / 1000.0 / reading.answered());
    gauge(
        "tollgate.provider.error.rate",
        "Connections refused or broken, timeouts and 5xx among what a provider was asked lately",
        pulse,
        provider,
        meters,
        reading -> (double) reading.failed() / reading.asked());
  }

  /** Not a number while nothing was seen. */
  private static void gauge(
      String name,
      String description,
      Pulse pulse,
      String provider,
      MeterRegistry meters,
      ToDoubleFunction<Reading> value) {
    Gauge.builder(name, () -> value.applyAsDouble(pulse.reading()))
        .description(description)
        .tag("provider", provider)
        .register(meters);
  }
}
