package io.tollgate.contract.bus;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code tollgate.bus.request}: how long questions over the bus took, by address, nearness and
 * outcome. The labels are bounded: addresses are constants.
 */
final class BusMetrics {
  private static final String ANSWERED = "ANSWERED";

  private record Labels(String address, boolean local, String outcome) {}

  private final MeterRegistry meters;
  private final Map<Labels, Timer> timers = new ConcurrentHashMap<>();

  /** Those of answers from the caller's own loop, as nearly all are, by address. */
  private final Map<String, Timer> near = new ConcurrentHashMap<>();

  BusMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  void asked(Address<?, ?> address, boolean local, long nanos, @Nullable Throwable failure) {
    timer(address.name(), local, failure).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(String address, boolean local, @Nullable Throwable failure) {
    if (local && failure == null) {
      Timer known = near.get(address);
      return known == null
          ? near.computeIfAbsent(address, first -> timer(new Labels(first, true, ANSWERED)))
          : known;
    }
    String outcome = failure instanceof BusFault fault ? fault.kind().name() : ANSWERED;
    return timers.computeIfAbsent(new Labels(address, local, outcome), this::timer);
  }

  private Timer timer(Labels labels) {
    return Timer.builder("tollgate.bus.request")
        .description("Time that a question over the event bus took")
        .tag("address", labels.address())
        .tag("target", labels.local() ? "local" : "remote")
        .tag("outcome", labels.outcome().toLowerCase(java.util.Locale.ROOT))
        .serviceLevelObjectives(
            Duration.ofNanos(100_000),
            Duration.ofNanos(250_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2))
        .register(meters);
  }
}
