package io.tollgate.limiter;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one counter has to do, said as plainly as possible: windows are numbered, and what is held
 * is added up anew each time.
 */
final class CounterModel {
  /** What a request holds, or, once its lease ran out, what it was billed. */
  record Hold(long tokens, int window, long stamp, boolean billed, boolean leaseOver) {
    /** What the request is told of it. */
    Hold told() {
      return new Hold(tokens, window, 0, false, false);
    }
  }

  final long capacity;
  final boolean strict;
  long used;
  boolean running;
  private int window;
  private final Map<String, Hold> holds = new TreeMap<>();
  private final Set<String> settled = new HashSet<>();

  CounterModel(long capacity, boolean strict) {
    this.capacity = capacity;
    this.strict = strict;
  }

  long held() {
    return holds.values().stream()
        .filter(hold -> !hold.billed() && isCurrent(hold))
        .mapToLong(Hold::tokens)
        .sum();
  }

  long left() {
    return capacity - used - held();
  }

  /** Whether the request may take a hold, or need not as it has one. */
  boolean admits(String id, long estimate) {
    reap();
    return holds.containsKey(id) || (left() > 0 && (!strict || left() >= estimate));
  }

  Hold take(String id, long estimate) {
    if (!holds.containsKey(id)) {
      long tokens = Math.min(estimate, left());
      begin();
      holds.put(id, new Hold(tokens, window, 0, false, false));
    }
    return holds.get(id);
  }

  /**
   * @param remembered what the request thinks that it holds
   */
  void settle(String id, long tokens, Hold remembered) {
    reap();
    Hold hold = holds.remove(id);
    if (settled.add(id)) {
      bill(hold == null ? remembered : hold, tokens);
    } else if (hold != null) {
      bill(hold, 0);
    }
  }

  void renew(String id, long stamp) {
    holds.computeIfPresent(
        id,
        (key, hold) ->
            hold.billed()
                ? hold
                : new Hold(
                    hold.tokens(), hold.window(), Math.max(hold.stamp(), stamp), false, false));
  }

  void endLease(String id) {
    holds.computeIfPresent(
        id,
        (key, hold) -> new Hold(hold.tokens(), hold.window(), hold.stamp(), hold.billed(), true));
  }

  void endWindow() {
    running = false;
    used = 0;
  }

  private void reap() {
    for (String id : List.copyOf(holds.keySet())) {
      Hold hold = holds.get(id);
      if (hold.leaseOver() && hold.billed()) {
        holds.remove(id);
      } else if (hold.leaseOver()) {
        long billed = isCurrent(hold) ? hold.stamp() : Math.max(hold.tokens(), hold.stamp());
        bill(hold, hold.stamp());
        holds.put(id, new Hold(billed, hold.window(), hold.stamp(), true, false));
      }
    }
  }

  private void bill(Hold hold, long tokens) {
    long covered = isCurrent(hold) && !hold.billed() ? 0 : hold.tokens();
    long owed = isCurrent(hold) ? tokens - covered : Math.max(0, tokens - covered);
    if (owed != 0) {
      begin();
      used += owed;
    }
  }

  private boolean isCurrent(Hold hold) {
    return running && hold.window() == window;
  }

  private void begin() {
    if (!running) {
      running = true;
      window++;
      used = 0;
    }
  }
}
