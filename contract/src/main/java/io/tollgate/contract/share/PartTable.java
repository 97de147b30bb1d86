package io.tollgate.contract.share;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.share.Sights.Sight;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts by counter, and what they begin with: what the stores said last. A part begins with the
 * first request that asks for it, and lives until the store has answered again and knows of all
 * that went by it.
 *
 * <p>Bounded in memory; not thread-safe.
 */
final class PartTable {
  /** What stores said last: the counters used longest ago are forgotten beyond this. */
  static final int MOST_SIGHTS = 20_000;

  /** More counters at once are not served: their requests are refused, as with {@code closed}. */
  static final int MOST_PARTS = 20_000;

  /**
   * When a store comes back, a node's event loops notice one after the other. Until none has asked
   * for so long, a part is kept.
   */
  static final long MIXED_MILLIS = 3000;

  /** Bills that are not confirmed for so long are not waited for: other nodes may deliver them. */
  static final long LONGEST_WAIT_MILLIS = 30_000;

  private static final long SWEEP_PAUSE_MILLIS = 1000;

  private final InProgress running;
  private final Tallies tallies;
  private final Sights sights = new Sights(MOST_SIGHTS);
  private final Map<String, NodePart> parts = new HashMap<>();
  private long sweptMillis;

  /**
   * @param calendar the clock that calendar windows go by
   * @param running what the stores have admitted and is in progress
   */
  PartTable(InstantSource calendar, InProgress running, long nowMillis) {
    this.running = running;
    this.tallies = new Tallies(calendar, running);
    this.sweptMillis = nowMillis;
  }

  void sawLimit(String counter, LimitTerms terms, long counted, long resetMillis, long nowMillis) {
    if (kept(counter, nowMillis) == null) {
      long own = running.on(counter, nowMillis);
      sights.limit(counter, terms, counted, own, resetMillis, nowMillis);
    }
  }

  void sawBalance(String counter, long left, long nowMillis) {
    if (kept(counter, nowMillis) == null) {
      sights.balance(counter, left, nowMillis);
    }
  }

  /**
   * The part to ask, made where there is none.
   *
   * @param nodes among how many it is shared
   * @return null for a balance that was never seen, and when too many parts are kept
   */
  @Nullable NodePart asked(Ask ask, int nodes, long nowMillis) {
    NodePart part = parts.get(ask.counter());
    if (part == null) {
      Sight sight = sights.of(ask.counter(), nowMillis);
      if ((ask.terms() == null && sight == null)
          || (parts.size() >= MOST_PARTS && !sweep(nowMillis))) {
        return null;
      }
      part = new NodePart(tallies.begin(ask, sight, nodes, nowMillis));
      parts.put(ask.counter(), part);
    } else if (!part.tally().fits(ask.terms())) {
      part.replace(tallies.begin(ask, null, nodes, nowMillis), nowMillis);
    }
    part.ask(ask, nodes, nowMillis);
    return part;
  }

  String whyNone(Ask ask, long nowMillis) {
    return ask.terms() == null && sights.of(ask.counter(), nowMillis) == null
        ? "its balance was not seen before"
        : "parts of too many counters are kept";
  }

  /**
   * The part that goes on though its store has answered: while other event loops still go by it,
   * and while the store does not know all of it. Null when there is none any more.
   */
  @Nullable NodePart kept(String counter, long nowMillis) {
    NodePart part = parts.get(counter);
    if (part == null
        || nowMillis - part.askedMillis() < MIXED_MILLIS
        || part.isAheadOfStore(nowMillis, LONGEST_WAIT_MILLIS)) {
      return part;
    }
    parts.remove(counter);
    return null;
  }

  /** Drops parts on which nothing counts. At most once a second, as it looks at all of them. */
  private boolean sweep(long nowMillis) {
    if (nowMillis - sweptMillis >= SWEEP_PAUSE_MILLIS) {
      sweptMillis = nowMillis;
      parts.values().removeIf(part -> part.tally().isOver(nowMillis));
    }
    return parts.size() < MOST_PARTS;
  }
}
