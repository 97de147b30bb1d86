package io.tollgate.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code tollgate.redis.command} and {@code tollgate.redis.failures} of one link. Bounded labels:
 * scripts and commands are constants of the code.
 */
final class RedisMetrics {
  private final String store;
  private final MeterRegistry meters;
  private final Map<String, Timer> commands = new HashMap<>();
  private final Map<StoreFault.Kind, Counter> failures = new HashMap<>();

  RedisMetrics(String store, MeterRegistry meters) {
    this.store = store;
    this.meters = meters;
  }

  void answered(String command, long nanos) {
    commands.computeIfAbsent(command, this::timer).record(nanos, TimeUnit.NANOSECONDS);
  }

  void failed(StoreFault.Kind kind) {
    failures.computeIfAbsent(kind, this::counter).increment();
  }

  private Timer timer(String command) {
    return Timer.builder("tollgate.redis.command")
        .description("Time from sending a command to its answer")
        .tag("store", store)
        .tag("script", command)
        .serviceLevelObjectives(
            Duration.ofNanos(250_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2))
        .register(meters);
  }

  private Counter counter(StoreFault.Kind kind) {
    return Counter.builder("tollgate.redis.failures")
        .description("Commands that a Redis did not carry out")
        .tag("store", store)
        .tag("kind", kind.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }
}
