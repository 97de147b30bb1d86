package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.Penalty;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code penalty} of a block: what comes of going on after refusals. */
final class PenaltyReader {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final int MOST_REFUSALS = 1_000_000;
  private static final double USUAL_FACTOR = 2;
  private static final int HIGHEST_FACTOR = 100;

  private PenaltyReader() {}

  /** Null when there is none. */
  static @Nullable Penalty read(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section penalty = Section.required(value, "a section with refusals")) {
      Duration first = time(penalty.value("first"), Duration.ofSeconds(30));
      Value end = penalty.value("longest");
      Duration longest = time(end, max(first, Duration.ofHours(1)));
      if (longest.compareTo(first) < 0) {
        end.fault("at least as long as first, which is " + Durations.show(first));
      }
      return new Penalty(
          Math.toIntExact(penalty.value("refusals").number(1, MOST_REFUSALS)),
          time(penalty.value("per"), Duration.ofMinutes(1)),
          first,
          factor(penalty.value("factor")),
          longest,
          time(penalty.value("forgive"), Duration.ofMinutes(10)));
    }
  }

  private static Duration time(Value value, Duration orElse) {
    return value.duration(SHORTEST, LONGEST, orElse);
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static double factor(Value value) {
    if (value.isAbsent()) {
      return USUAL_FACTOR;
    }
    JsonNode node = value.node();
    BigDecimal factor = node.isNumber() ? node.decimalValue() : BigDecimal.ZERO;
    if (factor.compareTo(BigDecimal.ONE) < 0
        || factor.compareTo(BigDecimal.valueOf(HIGHEST_FACTOR)) > 0) {
      value.fault("a number from 1 to " + HIGHEST_FACTOR);
      return USUAL_FACTOR;
    }
    return factor.doubleValue();
  }
}
