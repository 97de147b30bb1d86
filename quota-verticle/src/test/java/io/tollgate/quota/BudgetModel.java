package io.tollgate.quota;

import io.tollgate.quota.Line.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a budget should answer whose periods begin with its first use. Time is what the test says it
 * is, in ms since the first.
 */
final class BudgetModel {
  /** The expiry of a grant that has none. */
  static final long NEVER = Long.MAX_VALUE;

  private static final class Hold {
    private long tokens;
    private long used;
    private long period;
    private boolean billed;
    private boolean dead;

    Hold(long tokens, long used, long period) {
      this.tokens = tokens;
      this.used = used;
      this.period = period;
    }
  }

  private final long amount;
  private final long carry;
  private final long overdraft;
  private final long length;
  private final List<Integer> levels;

  private final TreeMap<Long, Long> lots = new TreeMap<>();
  private final TreeMap<String, Hold> holds = new TreeMap<>();
  private final Set<String> settled = new HashSet<>();
  private long now;
  private long balance;
  private boolean begun;
  private long start;
  private long full;
  private int told;
  private long seen;

  BudgetModel(long amount, long carry, long overdraft, long length, List<Integer> levels) {
    this.amount = amount;
    this.carry = carry;
    this.overdraft = overdraft;
    this.length = length;
    this.levels = levels;
  }

  long now() {
    return now;
  }

  void pass(long millis) {
    now += millis;
  }

  void writeFromOutside(long tokens) {
    balance = tokens;
  }

  /** The node that serves the request dies; nobody has noticed yet. */
  void die(String id) {
    Hold hold = holds.get(id);
    if (hold != null && !hold.billed) {
      hold.dead = true;
    }
  }

  Line read() {
    if (!begun) {
      return new Line(Status.OK, balance + amount, held(), 0, null, amount, null);
    }
    touch();
    return line(Status.OK, 0);
  }

  Line reserve(String id, long estimate) {
    touch();
    Hold known = holds.get(id);
    if (known != null) {
      return line(Status.OK, known.billed ? 0 : known.tokens);
    }
    long available = balance + overdraft - held();
    if (available <= 0) {
      return line(Status.EXHAUSTED, 0);
    }
    long tokens = Math.min(Math.max(1, estimate), available);
    holds.put(id, new Hold(tokens, 0, start));
    return line(Status.OK, tokens);
  }

  Line settle(String id, long used) {
    touch();
    Hold hold = holds.get(id);
    if (hold == null && settled.contains(id)) {
      return line(Status.OK, 0);
    }
    long due = settled.add(id) ? used : 0;
    if (hold != null) {
      boolean past = hold.period != start;
      due -= hold.billed ? hold.used : past ? hold.tokens : 0;
      due = past ? Math.max(0, due) : due;
      holds.remove(id);
    }
    charge(due);
    return line(Status.OK, 0);
  }

  /** What has used more than it holds, holds that much. */
  Line renew(String id, long used, long tokens) {
    touch();
    if (!holds.containsKey(id) && settled.contains(id)) {
      return line(Status.OK, 0);
    }
    keepAlive(id, used, tokens);
    return line(Status.OK, holds.get(id).tokens);
  }

  private void keepAlive(String id, long used, long tokens) {
    Hold hold = holds.get(id);
    if (hold == null) {
      holds.put(id, new Hold(Math.max(tokens, used), used, start));
      return;
    }
    long stamp = Math.max(used, hold.used);
    if (!hold.billed) {
      hold.used = stamp;
      hold.tokens = hold.period == start ? Math.max(hold.tokens, stamp) : hold.tokens;
    } else if (hold.period != start) {
      hold.tokens = hold.used;
      hold.used = stamp;
      hold.billed = false;
    } else {
      charge(-hold.used);
      holds.put(id, new Hold(Math.max(tokens, stamp), stamp, start));
    }
  }

  Line set(long tokens) {
    touch();
    fill(tokens - balance);
    mend();
    return line(Status.OK, 0);
  }

  Line add(long tokens) {
    touch();
    fill(tokens);
    mend();
    return line(Status.OK, 0);
  }

  Line grant(long tokens, long expiry) {
    touch();
    fill(tokens);
    lots.merge(expiry, tokens, Long::sum);
    mend();
    return line(Status.OK, 0);
  }

  private Line line(Status status, long tokens) {
    seen = balance;
    return new Line(status, balance, held(), tokens, null, amount, news());
  }

  private Line.@Nullable News news() {
    int level = level();
    List<Integer> news = levels.stream().filter(each -> each > told && each <= level).toList();
    told = Math.max(told, level);
    return news.isEmpty() ? null : new Line.News(full, news);
  }

  /** The highest level that is reached, in percent of all that there was to spend. */
  private int level() {
    return levels.stream()
        .filter(each -> full > 0 && (full - balance) * 100 >= full * each)
        .reduce(0, Math::max);
  }

  /** There is more to spend, or less, but nothing was used. */
  private void fill(long more) {
    balance += more;
    noticed(more);
  }

  private void noticed(long more) {
    full += more;
    told = more > 0 ? Math.min(told, level()) : told;
  }

  private long held() {
    return holds.values().stream()
        .filter(hold -> !hold.billed && hold.period == start)
        .mapToLong(hold -> hold.tokens)
        .sum();
  }

  private long rest() {
    return balance - lots.values().stream().mapToLong(Long::longValue).sum();
  }

  private void touch() {
    if (!begun) {
      begun = true;
      start = now;
      full = amount + Math.max(0, balance);
      balance += amount;
    } else if (balance > seen) {
      noticed(balance - seen);
    }
    mend();
    expire(Math.min(now, start + length - 1));
    if (now >= start + length) {
      roll();
      expire(now);
    }
    billDead();
  }

  private void roll() {
    long passed = (now - start) / length;
    Map<Long, Long> early = new HashMap<>(lots.headMap(start + length, true));
    long fromLots = early.values().stream().mapToLong(Long::longValue).sum();
    long rest = rest();
    long payable = fromLots + Math.max(0, rest);
    long paid = 0;
    for (Hold hold : holds.values()) {
      if (!hold.billed && hold.period == start) {
        hold.tokens = Math.min(hold.tokens, payable - paid);
        paid += hold.tokens;
      }
    }
    long left = Math.max(0, rest) - Math.max(0, paid - fromLots);
    balance -= fromLots + Math.max(0, rest);
    early.keySet().forEach(lots::remove);
    // Period by period, where the script has a formula.
    long own = Math.min(0, rest);
    long carried = 0;
    for (long i = 0; i < passed; i++) {
      balance -= carried + Math.max(0, own);
      carried = Math.min(carry, left);
      balance += carried + amount;
      own = amount + Math.min(0, own);
      left = Math.max(0, own);
    }
    full = balance + amount - own;
    told = 0;
    start += passed * length;
    if (carried > 0) {
      lots.merge(start + length, carried, Long::sum);
    }
  }

  private void expire(long by) {
    while (!lots.isEmpty() && lots.firstKey() <= by) {
      long left = lots.pollFirstEntry().getValue();
      fill(-Math.max(0, Math.min(left, balance - held())));
    }
  }

  private void billDead() {
    long bill = 0;
    for (Map.Entry<String, Hold> entry : Map.copyOf(holds).entrySet()) {
      Hold hold = entry.getValue();
      if (!hold.dead) {
        continue;
      }
      if (settled.contains(entry.getKey())) {
        holds.remove(entry.getKey());
        continue;
      }
      long paid = hold.period == start ? 0 : hold.tokens;
      bill += Math.max(0, hold.used - paid);
      hold.used = Math.max(hold.used, paid);
      hold.billed = true;
      hold.dead = false;
    }
    charge(bill);
  }

  private void charge(long tokens) {
    balance -= tokens;
    if (tokens > 0) {
      consume(tokens, start + length);
    }
    mend();
  }

  private void mend() {
    consume(Math.max(0, -rest()), NEVER);
  }

  private void consume(long tokens, long by) {
    long owed = tokens;
    while (owed > 0 && !lots.isEmpty() && lots.firstKey() <= by) {
      long left = lots.firstEntry().getValue();
      if (left <= owed) {
        lots.pollFirstEntry();
      } else {
        lots.put(lots.firstKey(), left - owed);
      }
      owed -= Math.min(left, owed);
    }
  }
}
