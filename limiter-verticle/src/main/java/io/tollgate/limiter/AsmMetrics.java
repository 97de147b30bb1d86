package io.tollgate.limiter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What was asked and said on the ASM interface. Thread-safe. */
final class AsmMetrics {
  private final Counter allowed;
  private final Counter refused;
  private final Counter unanswered;
  private final Counter debited;
  private final Counter undebited;

  AsmMetrics(MeterRegistry meters) {
    allowed = checks(meters, "allowed");
    refused = checks(meters, "refused");
    unanswered = checks(meters, "failed");
    debited = updates(meters, "debited");
    undebited = updates(meters, "failed");
  }

  void checked(boolean passes) {
    (passes ? allowed : refused).increment();
  }

  void checkFailed() {
    unanswered.increment();
  }

  void updated(boolean done) {
    (done ? debited : undebited).increment();
  }

  private static Counter checks(MeterRegistry meters, String outcome) {
    return Counter.builder("tollgate.asm.checks")
        .description("Questions to the limiter's own port, by what was answered")
        .tag("outcome", outcome)
        .register(meters);
  }

  private static Counter updates(MeterRegistry meters, String outcome) {
    return Counter.builder("tollgate.asm.updates")
        .description("Usage told to the limiter's own port, by what became of it")
        .tag("outcome", outcome)
        .register(meters);
  }
}
