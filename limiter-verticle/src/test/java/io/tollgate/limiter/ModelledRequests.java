package io.tollgate.limiter;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The holds on one modelled counter, each with its lease. */
final class ModelledRequests {
  private record Hold(
      long tokens, long told, long window, long stamp, long expiry, boolean billed) {}

  private final CounterModel counter;
  private final long leaseMillis;
  private final Map<String, Hold> holds = new HashMap<>();
  private final Set<String> settled = new HashSet<>();

  ModelledRequests(CounterModel counter, long leaseMillis) {
    this.counter = counter;
    this.leaseMillis = leaseMillis;
  }

  boolean knows(String id) {
    return holds.containsKey(id);
  }

  long window(String id) {
    return holds.get(id).window();
  }

  /** Holds the estimate, or what is left if that is less. */
  long take(String id, long estimate, long capacity, long now) {
    sweep(now);
    long tokens = Math.max(0, Math.min(estimate, capacity - counter.countedAt(now)));
    long window = counter.window(now);
    counter.hold(tokens, window, now);
    holds.put(id, new Hold(tokens, tokens, window, 0, now + leaseMillis, false));
    return tokens;
  }

  void renew(String id, long stamp, long now) {
    sweep(now);
    Hold hold = holds.get(id);
    if (hold == null) {
      return;
    }
    boolean counts = counter.counts(hold.window(), now);
    long tokens = hold.tokens();
    if (hold.billed() && counts) {
      counter.use(-hold.tokens(), hold.window(), now);
      tokens = hold.told();
      counter.hold(tokens, hold.window(), now);
    }
    long most = Math.max(stamp, hold.stamp());
    if (counts && most > tokens) {
      counter.hold(most - tokens, hold.window(), now);
      tokens = most;
    }
    holds.put(id, new Hold(tokens, hold.told(), hold.window(), most, now + leaseMillis, false));
  }

  /** How much more a request holds than it was told, as it has used more. */
  long grown(String id, long now) {
    Hold hold = holds.get(id);
    return counter.counts(hold.window(), now) ? hold.tokens() - hold.told() : 0;
  }

  void settle(String id, long used, long now) {
    sweep(now);
    Hold hold = holds.remove(id);
    if (hold != null && settled.add(id)) {
      end(hold, used, now, false);
    }
  }

  /** Bills what nobody has renewed for the length of a lease. */
  void sweep(long now) {
    for (String id : List.copyOf(holds.keySet())) {
      Hold hold = holds.get(id);
      if (!hold.billed() && hold.expiry() <= now) {
        long billed = end(hold, hold.stamp(), now, true);
        // What a lost request was billed is its stamp from now on.
        holds.put(id, new Hold(billed, hold.told(), hold.window(), hold.stamp(), 0, true));
      }
    }
  }

  private long end(Hold hold, long used, long now, boolean whole) {
    if (!counter.counts(hold.window(), now)) {
      counter.use(Math.max(0, used - hold.tokens()), now, now);
      return Math.max(used, hold.tokens());
    }
    return counter.end(
        hold.billed() ? 0 : hold.tokens(),
        hold.billed() ? hold.tokens() : 0,
        hold.tokens(),
        used,
        hold.window(),
        now,
        whole);
  }
}
