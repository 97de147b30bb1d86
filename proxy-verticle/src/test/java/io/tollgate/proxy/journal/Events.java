package io.tollgate.proxy.journal;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import java.util.List;

/** Events to keep. */
final class Events {
  static final String STORE = "node";

  private Events() {}

  /** Concerns limiter and quota. */
  static UsageEvent both(String id) {
    return event(id, List.of(limit(STORE)), List.of(new QuotaHold(STORE, "chat_quota:ann", 10)));
  }

  static UsageEvent limited(String id, String store) {
    return event(id, List.of(limit(store)), List.of());
  }

  static UsageEvent paid(String id, String store) {
    return event(id, List.of(), List.of(new QuotaHold(store, "chat_quota:ann", 10)));
  }

  private static LimitHold limit(String store) {
    LimitKey key =
        new LimitKey(
            "rule",
            LimitType.LIMIT_BY_PER_HEADER,
            "60",
            "x-api-key",
            FactValue.hashOf("key of ann"));
    return new LimitHold(store, key, LimitTerms.fixed(100, 60), "29384756", 10);
  }

  private static UsageEvent event(String id, List<LimitHold> limits, List<QuotaHold> quotas) {
    return new UsageEvent(
        id,
        1_700_000_000_000L,
        "chat",
        "ann",
        "qwen-max",
        "aliyun",
        TokenUsage.of(7, 3),
        false,
        Outcome.COMPLETED,
        limits,
        quotas);
  }
}
