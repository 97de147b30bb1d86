package io.tollgate.contract.share;

import io.tollgate.contract.hold.Lease;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which requests are in progress that stores have admitted on limits of what may be in progress,
 * while this node may have to go by its part of these. Each is there until it ends, or until it was
 * not renewed for the length of a lease.
 *
 * <p>Bounded in memory: beyond so many, those are forgotten that were not heard of for longest. Not
 * thread-safe.
 */
final class InProgress {
  private record Open(long expiryMillis, Set<String> counters) {}

  private final int mostRequests;

  /** In the order of their expiry, as all leases are of one length. */
  private final Map<String, Open> open = new LinkedHashMap<>();

  private final Map<String, Integer> byCounter = new HashMap<>();

  InProgress(int mostRequests) {
    this.mostRequests = mostRequests;
  }

  void enter(String requestId, String counter, long nowMillis) {
    Open last = open.remove(requestId);
    Set<String> counters = last == null ? new HashSet<>() : last.counters();
    if (counters.add(counter)) {
      byCounter.merge(counter, 1, Integer::sum);
    }
    open.put(requestId, until(nowMillis, counters));
    expire(nowMillis);
  }

  /** What did not enter is passed over. */
  void renew(String requestId, long nowMillis) {
    Open last = open.remove(requestId);
    if (last != null) {
      open.put(requestId, until(nowMillis, last.counters()));
    }
  }

  /** What did not enter, or is gone, is passed over. */
  void leave(String requestId, String counter) {
    Open last = open.get(requestId);
    if (last != null && last.counters().remove(counter)) {
      forget(counter);
      if (last.counters().isEmpty()) {
        open.remove(requestId);
      }
    }
  }

  /** How many there are on a counter. */
  int on(String counter, long nowMillis) {
    expire(nowMillis);
    return byCounter.getOrDefault(counter, 0);
  }

  private void expire(long nowMillis) {
    Iterator<Open> eldest = open.values().iterator();
    while (eldest.hasNext()) {
      Open request = eldest.next();
      if (request.expiryMillis() > nowMillis && open.size() <= mostRequests) {
        return;
      }
      eldest.remove();
      request.counters().forEach(this::forget);
    }
  }

  private void forget(String counter) {
    byCounter.computeIfPresent(counter, (name, count) -> count > 1 ? count - 1 : null);
  }

  private static Open until(long nowMillis, Set<String> counters) {
    return new Open(nowMillis + Lease.LENGTH.toMillis(), counters);
  }
}
