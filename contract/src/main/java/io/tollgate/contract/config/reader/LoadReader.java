package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LoadScaling;
import io.tollgate.contract.config.LoadScaling.Ramp;
import java.time.Duration;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** {@code load} of a block: which provider's health its numbers follow, and how far. */
final class LoadReader {
  private static final String SIGNALS = "latency, error_rate, in_flight or several of them";
  private static final Duration LONGEST_LATENCY = Duration.ofHours(1);
  private static final long MOST_IN_FLIGHT = 1_000_000;
  private static final double USUAL_FLOOR = 0.1;
  private static final double USUAL_HYSTERESIS = 0.1;

  private LoadReader() {}

  /**
   * @param providers by name
   * @return null when the numbers follow nothing
   */
  static @Nullable LoadScaling read(Value value, Set<String> providers) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section load = Section.required(value, "a section with provider and " + SIGNALS)) {
      Ramp latency = ramp(load.value("latency"), LoadReader::latencyMillis);
      Ramp errors = ramp(load.value("error_rate"), rate -> rate.decimal(0, 1, 0));
      Ramp inFlight = ramp(load.value("in_flight"), count -> count.number(0, MOST_IN_FLIGHT));
      if (latency == null && errors == null && inFlight == null) {
        load.fault("no signal of the provider's health", SIGNALS);
      }
      return new LoadScaling(
          Names.refer(load.value("provider"), "provider", providers),
          latency,
          errors,
          inFlight,
          load.value("floor").decimal(0.01, 1, USUAL_FLOOR),
          load.value("hysteresis").decimal(0, 0.5, USUAL_HYSTERESIS));
    }
  }

  private static @Nullable Ramp ramp(Value value, ToDoubleFunction<Value> number) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section ramp = Section.required(value, "a section with from and to")) {
      Value first = ramp.value("from");
      Value last = ramp.value("to");
      if (isMissing(first) || isMissing(last)) {
        return new Ramp(0, 1);
      }
      double from = number.applyAsDouble(first);
      double to = number.applyAsDouble(last);
      if (from >= to) {
        ramp.fault(
            "from " + first.node().asText() + " to " + last.node().asText(),
            "from where all is well, to a larger one from which on only the floor stays");
      }
      return new Ramp(from, to);
    }
  }

  private static boolean isMissing(Value value) {
    if (value.isAbsent()) {
      value.fault("where the signal's range begins (from) and ends (to)");
    }
    return value.isAbsent();
  }

  private static double latencyMillis(Value value) {
    return value.duration(Duration.ZERO, LONGEST_LATENCY, Duration.ZERO).toMillis();
  }
}
