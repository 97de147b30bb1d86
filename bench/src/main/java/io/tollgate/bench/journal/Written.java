package io.tollgate.bench.journal;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Events like those of a request with one limit and a quota, at a steady pace. */
final class Written {
  private static final int BATCH = 10;
  private static final long PAUSE_NANOS = 1_000_000;

  private Written() {}

  /**
   * @param batches of ten events, one each millisecond
   * @param nanos hears how long each event took
   * @param kept called after each batch with how many are kept by then
   */
  static void to(EventStore store, long batches, LongConsumer nanos, LongConsumer kept)
      throws Exception {
    long due = System.nanoTime();
    for (long batch = 1; batch <= batches; batch++) {
      store.append(events(), nanos);
      kept.accept(batch * BATCH);
      due += PAUSE_NANOS;
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  private static List<UsageEvent> events() {
    List<UsageEvent> events = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      events.add(event());
    }
    return events;
  }

  static UsageEvent event() {
    LimitKey key =
        new LimitKey(
            "bench",
            LimitType.LIMIT_BY_PER_CONSUMER,
            "60",
            "x-mse-consumer",
            FactValue.plain("bench"));
    return new UsageEvent(
        UUID.randomUUID().toString(),
        System.currentTimeMillis(),
        "bench",
        "bench",
        "bench",
        "fixed",
        TokenUsage.of(120, 50),
        false,
        Outcome.COMPLETED,
        List.of(new LimitHold("node", key, LimitTerms.fixed(100, 60), "29384756", 170)),
        List.of(new QuotaHold("node", "bench_quota:bench", 170)));
  }
}
