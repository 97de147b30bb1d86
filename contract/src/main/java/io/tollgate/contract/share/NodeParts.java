package io.tollgate.contract.share;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.tokens.TokenUsage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's parts of the limits or balances whose store can't be reached. What a store said last
 * is remembered while it answers; when it does not, the first request that asks gets a part of what
 * was left then, which counts by the rule's own algorithm. The part lives until the store answers
 * for the same counter again and has confirmed what went by the part.
 *
 * <p>A request holds tokens on all that it asks for or on none. A hold is a lease: one that nobody
 * renews counts as used in full, as the node that served the request is gone or its last word got
 * lost, and more than it held is not known. What counts requests in progress lets it go.
 *
 * <p>One for all event loops of a node; thread-safe, and bounded in memory.
 */
public final class NodeParts {
  /** More requests at once are not served: they are refused, as with {@code closed}. */
  static final int MOST_REQUESTS = 100_000;

  /** Bills are delivered within moments. */
  private static final long SOON_MILLIS = 1000;

  /**
   * @param in how the part counted then
   */
  private record Hold(NodePart part, Tally in, Ask ask, long takenMillis, long tokens, long stamp) {
    Hold stamped(TokenUsage soFar) {
      return new Hold(part, in, ask, takenMillis, tokens, Math.max(stamp, ask.soFar(soFar)));
    }

    void settle(long used, long nowMillis) {
      part.settle(in, takenMillis, tokens, used, nowMillis);
    }
  }

  private record Open(long expiryMillis, List<Hold> holds) {}

  private final LongSupplier clockMillis;
  private final InProgress admittedByStores = new InProgress(MOST_REQUESTS);
  private final PartTable parts;
  private final Bills bills = new Bills(MOST_REQUESTS);

  /** In the order of their expiry, as all leases are of one length. */
  private final Map<String, Open> open = new LinkedHashMap<>();

  public NodeParts() {
    this(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), InstantSource.system());
  }

  /**
   * @param calendar the clock that calendar windows go by
   */
  NodeParts(LongSupplier clockMillis, InstantSource calendar) {
    this.clockMillis = clockMillis;
    this.parts = new PartTable(calendar, admittedByStores, clockMillis.getAsLong());
  }

  /**
   * The store has answered for a limit.
   *
   * @param counted what is used and held
   * @param resetMillis until nothing of that counts any more
   */
  public synchronized void sawLimit(
      String counter, LimitTerms terms, long counted, long resetMillis) {
    parts.sawLimit(counter, terms, counted, resetMillis, now());
  }

  /**
   * The store has answered for a balance.
   *
   * @param left the balance less what is held
   */
  public synchronized void sawBalance(String counter, long left) {
    parts.sawBalance(counter, left, now());
  }

  /** What a store has admitted there is not in progress any more. What is not is passed over. */
  public synchronized void left(String requestId, String counter) {
    admittedByStores.leave(requestId, counter);
  }

  /**
   * Holds the estimate on each counter, where something is left on all, or nothing at all. A
   * request that holds something already keeps it.
   *
   * <p>The one that crosses the part holds its whole estimate, unlike in a store, where it holds
   * what is left: so no second one crosses it when others give back, and each node crosses its part
   * by one answer at most.
   *
   * @param nodes how many nodes share, this one included
   */
  public synchronized Shared take(String requestId, List<Ask> asks, int nodes) {
    long now = now();
    List<NodePart> asked = new ArrayList<>(asks.size());
    for (Ask ask : asks) {
      NodePart part = parts.asked(ask, Math.max(1, nodes), now);
      if (part == null) {
        return new Shared.Unknown(asked.size(), parts.whyNone(ask, now));
      }
      asked.add(part);
    }
    if (!open.containsKey(requestId)) {
      for (int i = 0; i < asked.size(); i++) {
        long needed = asks.get(i).needed();
        if (asked.get(i).tally().available(now) < needed) {
          return new Shared.Spent(i, asked.get(i).refusing(needed, now));
        }
      }
      if (open.size() >= MOST_REQUESTS) {
        return new Shared.Unknown(0, "too many requests hold parts");
      }
      List<Hold> holds = new ArrayList<>(asked.size());
      for (int i = 0; i < asked.size(); i++) {
        holds.add(hold(asks.get(i), asked.get(i), now));
      }
      open.put(requestId, new Open(now + Lease.LENGTH.toMillis(), holds));
      bills.await(requestId, asked);
    }
    return new Shared.Held(asked.stream().map(part -> part.standing(now)).toList());
  }

  /**
   * The request is alive. What holds nothing here is passed over.
   *
   * @param soFar what it has used up to now
   */
  public synchronized void renew(String requestId, TokenUsage soFar) {
    Open last = open.remove(requestId);
    long now = now();
    admittedByStores.renew(requestId, now);
    if (last != null) {
      List<Hold> stamped = last.holds().stream().map(hold -> hold.stamped(soFar)).toList();
      open.put(requestId, new Open(now + Lease.LENGTH.toMillis(), stamped));
    }
  }

  /** The request has ended. What holds nothing here, or no more, is passed over. */
  public synchronized void settle(String requestId, TokenUsage usage) {
    Open last = open.remove(requestId);
    if (last != null) {
      long now = now();
      last.holds().forEach(hold -> hold.settle(hold.ask().soFar(usage), now));
    }
  }

  /** The store has confirmed the bill of a request. What did not go by a part is passed over. */
  public synchronized void confirmed(String requestId) {
    bills.confirmed(requestId);
  }

  /**
   * The store has admitted a request, but while bills of the outage are on their way to it, it
   * admits what was used already. So the part, as long as it is kept, is asked as well.
   *
   * @param tokens what the store holds; counted as used where the part does not object
   * @return where the part stands when it is spent; null when it does not object
   */
  public synchronized @Nullable Standing objection(String counter, long tokens) {
    long now = now();
    NodePart part = parts.kept(counter, now);
    if (part == null || part.tally().isOver(now)) {
      return null;
    }
    if (part.tally().available(now) <= 0) {
      return part.refusing(1, now).within(SOON_MILLIS);
    }
    part.tally().charge(tokens, now);
    return null;
  }

  /**
   * The same of a limit. Where that counts what is in progress, so does this node from now on, also
   * while there is no part, until {@link #left}.
   */
  public synchronized @Nullable Standing objection(
      String requestId, String counter, LimitTerms terms, long tokens) {
    Standing objection = objection(counter, tokens);
    if (objection == null && terms.algorithm() == Algorithm.CONCURRENCY) {
      admittedByStores.enter(requestId, counter, now());
    }
    return objection;
  }

  private static Hold hold(Ask ask, NodePart part, long now) {
    part.tally().hold(ask.estimate(), now);
    return new Hold(part, part.tally(), ask, now, ask.estimate(), 0);
  }

  /** The time, by which what nobody has renewed is settled. */
  private long now() {
    long now = clockMillis.getAsLong();
    Iterator<Open> eldest = open.values().iterator();
    while (eldest.hasNext()) {
      Open request = eldest.next();
      if (request.expiryMillis() > now) {
        break;
      }
      eldest.remove();
      request.holds().forEach(hold -> hold.settle(Math.max(hold.tokens(), hold.stamp()), now));
    }
    return now;
  }
}
