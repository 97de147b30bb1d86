package io.tollgate.limiter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.LoadScaling;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which part of its numbers each rule keeps now that follows a provider's health, and a gauge of
 * it. One for all event loops of a node; thread-safe.
 */
final class LoadScales {
  /** Nodes tell of providers once a second. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private record Part(LoadScaling load, double kept, long atNanos) {}

  private final ProviderHealths healths;
  private final MeterRegistry meters;
  private final LongSupplier nanos;
  private final Map<String, Part> byRule = new ConcurrentHashMap<>();

  LoadScales(ProviderHealths healths, MeterRegistry meters) {
    this(healths, meters, System::nanoTime);
  }

  LoadScales(ProviderHealths healths, MeterRegistry meters, LongSupplier nanos) {
    this.healths = healths;
    this.meters = meters;
    this.nanos = nanos;
  }

  /** Shows the rule from the start. */
  void watch(String ruleName, LoadScaling load) {
    inForce(ruleName, load);
    Gauge.builder("tollgate.limit.scale", () -> shown(ruleName))
        .description("Which part of its numbers a rule keeps, as its provider's health has it")
        .tag("rule", ruleName)
        .register(meters);
  }

  /** From the rule's floor to 1, which it is as long as nothing is heard of the provider. */
  double inForce(String ruleName, LoadScaling load) {
    long now = nanos.getAsLong();
    Part known = byRule.get(ruleName);
    if (known != null && known.load().equals(load) && now - known.atNanos() < PAUSE.toNanos()) {
      return known.kept();
    }
    return byRule.compute(ruleName, (rule, last) -> next(load, last, now)).kept();
  }

  private double shown(String ruleName) {
    Part last = byRule.get(ruleName);
    return last == null ? 1 : inForce(ruleName, last.load());
  }

  private Part next(LoadScaling load, @Nullable Part last, long now) {
    double wanted = LoadCurve.at(load, healths.of(load.provider()));
    double current = last == null ? 1 : last.kept();
    return new Part(load, LoadCurve.next(load, Math.max(load.floor(), current), wanted), now);
  }
}
