package io.tollgate.quota;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one account should do, in plain Java: the measure of {@code ledger.lua}. */
final class AccountModel {
  private record Hold(long tokens, long stamp) {}

  private final Map<String, Hold> holds = new HashMap<>();
  private final Map<String, Long> billed = new HashMap<>();
  private final Set<String> settled = new HashSet<>();
  private final Set<String> dead = new HashSet<>();
  private long balance;

  /** What the account answers; null for what the entry does not tell. */
  @Nullable Line write(Entry entry) {
    bury();
    return switch (entry.verb()) {
      case RESERVE -> reserve(entry.requestId(), entry.first());
      case SETTLE -> settle(entry.requestId(), entry.first());
      case RENEW -> renew(entry.requestId(), entry.first(), entry.second());
      case READ -> new Line(false, balance, held(), 0);
      case SET -> {
        balance = entry.first();
        yield new Line(false, balance, held(), 0);
      }
      case ADD -> {
        balance += entry.first();
        yield new Line(false, balance, held(), 0);
      }
    };
  }

  /** Another program writes the balance. */
  void writeFromOutside(long tokens) {
    balance = tokens;
  }

  long balance() {
    return balance;
  }

  /** The node that serves the request dies. */
  void die(String id) {
    if (holds.containsKey(id)) {
      dead.add(id);
    }
  }

  private Line reserve(String id, long estimate) {
    Hold has = holds.get(id);
    if (has != null) {
      return new Line(false, balance, held(), has.tokens());
    }
    if (billed.containsKey(id)) {
      return new Line(false, balance, held(), 0);
    }
    long available = balance - held();
    if (available <= 0) {
      return new Line(true, balance, held(), 0);
    }
    long tokens = Math.min(estimate, available);
    holds.put(id, new Hold(tokens, 0));
    return new Line(false, balance, held(), tokens);
  }

  private @Nullable Line settle(String id, long used) {
    Long before = billed.remove(id);
    balance -= (settled.add(id) ? used : 0) - (before == null ? 0 : before);
    holds.remove(id);
    return null;
  }

  private @Nullable Line renew(String id, long used, long tokens) {
    if (settled.contains(id) && !holds.containsKey(id) && !billed.containsKey(id)) {
      return null;
    }
    Long before = billed.remove(id);
    long stamp = before == null ? 0 : before;
    balance += stamp;
    Hold had = holds.getOrDefault(id, new Hold(tokens, stamp));
    holds.put(id, new Hold(had.tokens(), Math.max(used, had.stamp())));
    return null;
  }

  private void bury() {
    for (String id : dead) {
      long stamp = holds.remove(id).stamp();
      balance -= stamp;
      billed.put(id, stamp);
    }
    dead.clear();
  }

  private long held() {
    return holds.values().stream().mapToLong(Hold::tokens).sum();
  }
}
