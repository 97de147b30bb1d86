package io.tollgate.limiter;

import io.tollgate.contract.config.LimiterHttp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A bucket of the ASM interface in plain Java, as the document describes it and we add to it. */
final class AsmBucketModel {
  private final LimiterHttp.Rule rule;
  private final Map<String, Long> holds = new HashMap<>();
  private final Set<String> settled = new HashSet<>();
  private @Nullable Long balance;
  private @Nullable Long secondsSinceFill;

  AsmBucketModel(LimiterHttp.Rule rule) {
    this.rule = rule;
  }

  @Nullable Long balance() {
    return balance;
  }

  long held() {
    return holds.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What a request may have after filling; nothing positive when it is refused. */
  long look(String id, long wanted) {
    fill();
    Long own = holds.get(id);
    return own == null ? Math.min(wanted, balance - held()) : own;
  }

  void take(String id, long tokens) {
    if (!id.isEmpty() && !settled.contains(id)) {
      holds.putIfAbsent(id, tokens);
    }
  }

  void debit(String id, long tokens) {
    if (!id.isEmpty()) {
      holds.remove(id);
      if (!settled.add(id)) {
        return;
      }
    }
    if (balance != null) {
      balance -= tokens;
    } else if (id.isEmpty()) {
      balance = -tokens;
    } else {
      balance = rule.tokensPerFill() - tokens;
      secondsSinceFill = 0L;
    }
  }

  void lapse(String id) {
    holds.remove(id);
  }

  void secondsPass(long seconds) {
    if (secondsSinceFill != null) {
      secondsSinceFill += seconds;
    }
  }

  void expire() {
    balance = null;
    secondsSinceFill = null;
  }

  private void fill() {
    if (balance == null || secondsSinceFill == null) {
      balance = rule.tokensPerFill();
      secondsSinceFill = 0L;
      return;
    }
    long steps = secondsSinceFill / rule.fillIntervalSeconds();
    if (steps > 0) {
      balance = Math.min(rule.maxTokens(), balance + steps * rule.tokensPerFill());
      secondsSinceFill = 0L;
    }
  }
}
