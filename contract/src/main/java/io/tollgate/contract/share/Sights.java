package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitTerms;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stores said last of counters. Those used longest ago are forgotten; not thread-safe. */
final class Sights {
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * @param whole what there is in all: a limit's capacity; of a balance what is left
   * @param counted what of it is used and held
   * @param own what of that is in progress on this node, of what counts that
   * @param endsMillis until when that counts at most
   */
  record Sight(long whole, long counted, long own, long atMillis, long endsMillis) {}

  private final Map<String, Sight> byCounter;

  Sights(int most) {
    byCounter =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Sight> eldest) {
            return size() > most;
          }
        };
  }

  /**
   * @param counted what is used and held
   * @param own what of that is in progress on this node
   * @param resetMillis until nothing of that counts any more; who is in progress is known to be for
   *     the length of a lease
   */
  void limit(
      String counter, LimitTerms terms, long counted, long own, long resetMillis, long nowMillis) {
    long lastsMillis =
        terms.algorithm() == Algorithm.CONCURRENCY ? Lease.LENGTH.toMillis() : resetMillis;
    byCounter.put(
        counter, new Sight(Ask.whole(terms), counted, own, nowMillis, nowMillis + lastsMillis));
  }

  void balance(String counter, long left, long nowMillis) {
    byCounter.put(counter, new Sight(left, 0, 0, nowMillis, NEVER));
  }

  /** Null when it was never seen, or what was seen then does not count any more. */
  @Nullable Sight of(String counter, long nowMillis) {
    Sight sight = byCounter.get(counter);
    return sight == null || sight.endsMillis() <= nowMillis ? null : sight;
  }
}
