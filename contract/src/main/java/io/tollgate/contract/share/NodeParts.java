package io.tollgate.contract.share;

import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.tokens.TokenUsage;
import java.util.ArrayList;
import java.util.HashMap;
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
 * was left then, and the part lives until the store answers for the same counter again and has
 * confirmed what went by the part.
 *
 * <p>A request holds tokens on all that it asks for or on none. A hold is a lease: one that nobody
 * renews counts as used in full, as the node that served the request is gone or its last word got
 * lost, and more than it held is not known.
 *
 * <p>One for all event loops of a node; thread-safe, and bounded in memory.
 */
public final class NodeParts {
  /** What stores said last: the counters used longest ago are forgotten beyond this. */
  static final int MOST_SIGHTS = 20_000;

  /** More counters or requests at once are not served: they are refused, as with {@code closed}. */
  static final int MOST_PARTS = 20_000;

  static final int MOST_REQUESTS = 100_000;

  /**
   * When a store comes back, a node's event loops notice one after the other. Until none has asked
   * for so long, a part is kept.
   */
  static final long MIXED_MILLIS = 3000;

  /** Bills that are not confirmed for so long are not waited for: other nodes may deliver them. */
  static final long LONGEST_WAIT_MILLIS = 30_000;

  /** Bills are delivered within moments. */
  private static final long SOON_MILLIS = 1000;

  private static final long NEVER = Long.MAX_VALUE;

  private record Sight(long left, long endsMillis) {}

  private record Hold(NodePart part, Ask ask, long window, long tokens, long stamp) {
    Hold stamped(TokenUsage soFar) {
      return new Hold(part, ask, window, tokens, Math.max(stamp, ask.soFar(soFar)));
    }
  }

  private record Open(long expiryMillis, List<Hold> holds) {}

  private final LongSupplier clockMillis;
  private final Map<String, Sight> sights =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sight> eldest) {
          return size() > MOST_SIGHTS;
        }
      };
  private final Map<String, NodePart> parts = new HashMap<>();

  /** In the order of their expiry, as all leases are of one length. */
  private final Map<String, Open> open = new LinkedHashMap<>();

  /** What went by parts and is not in the store yet. */
  private final Map<String, List<NodePart>> unconfirmed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<NodePart>> eldest) {
          boolean tooMany = size() > MOST_REQUESTS;
          if (tooMany) {
            eldest.getValue().forEach(NodePart::confirmed);
          }
          return tooMany;
        }
      };

  private long sweptMillis;

  public NodeParts() {
    this(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  NodeParts(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
    this.sweptMillis = clockMillis.getAsLong();
  }

  /**
   * The store has answered for a limit.
   *
   * @param left capacity less what is used and held
   * @param resetMillis until its window ends
   */
  public synchronized void sawLimit(String counter, long left, long resetMillis) {
    saw(counter, new Sight(left, clockMillis.getAsLong() + resetMillis));
  }

  /**
   * The store has answered for a balance.
   *
   * @param left the balance less what is held
   */
  public synchronized void sawBalance(String counter, long left) {
    saw(counter, new Sight(left, NEVER));
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
    long now = clockMillis.getAsLong();
    expire(now);
    List<NodePart> asked = new ArrayList<>(asks.size());
    for (Ask ask : asks) {
      NodePart part = part(ask, now);
      if (part == null) {
        return new Shared.Unknown(asked.size(), whyUnknown(ask));
      }
      part.ask(ask.capacity() == null ? 0 : ask.capacity(), Math.max(1, nodes), now);
      asked.add(part);
    }
    if (!open.containsKey(requestId)) {
      for (int i = 0; i < asked.size(); i++) {
        long available = asked.get(i).available();
        if (available <= 0 || (asks.get(i).strict() && available < asks.get(i).estimate())) {
          return new Shared.Spent(i, asked.get(i).standing(now));
        }
      }
      if (open.size() >= MOST_REQUESTS) {
        return new Shared.Unknown(0, "too many requests hold parts");
      }
      List<Hold> holds = new ArrayList<>(asked.size());
      for (int i = 0; i < asked.size(); i++) {
        NodePart part = asked.get(i);
        long estimate = asks.get(i).estimate();
        holds.add(new Hold(part, asks.get(i), part.take(estimate), estimate, 0));
      }
      open.put(requestId, new Open(now + Lease.LENGTH.toMillis(), holds));
      asked.forEach(NodePart::billed);
      unconfirmed.put(requestId, asked);
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
    if (last != null) {
      long expiry = clockMillis.getAsLong() + Lease.LENGTH.toMillis();
      List<Hold> stamped = last.holds().stream().map(hold -> hold.stamped(soFar)).toList();
      open.put(requestId, new Open(expiry, stamped));
    }
  }

  /** The request has ended. What holds nothing here, or no more, is passed over. */
  public synchronized void settle(String requestId, TokenUsage usage) {
    Open last = open.remove(requestId);
    if (last != null) {
      long now = clockMillis.getAsLong();
      last.holds().forEach(hold -> settle(hold, hold.ask().soFar(usage), now));
    }
  }

  /** The store has confirmed the bill of a request. What did not go by a part is passed over. */
  public synchronized void confirmed(String requestId) {
    List<NodePart> billed = unconfirmed.remove(requestId);
    if (billed != null) {
      billed.forEach(NodePart::confirmed);
    }
  }

  /**
   * The store has admitted a request, but while bills of the outage are on their way to it, it
   * admits what was used already. So the part, as long as it is kept, is asked as well.
   *
   * @param tokens what the store holds; counted as used where the part does not object
   * @return where the part stands when it is spent; null when it does not object
   */
  public synchronized @Nullable Standing objection(String counter, long tokens) {
    NodePart part = parts.get(counter);
    long now = clockMillis.getAsLong();
    if (part == null || part.isOver(now)) {
      return null;
    }
    if (part.available() <= 0) {
      return part.standing(now).within(SOON_MILLIS);
    }
    part.charge(tokens);
    return null;
  }

  private void saw(String counter, Sight sight) {
    NodePart part = parts.get(counter);
    if (part != null) {
      if (isKept(part)) {
        return;
      }
      parts.remove(counter);
    }
    sights.put(counter, sight);
  }

  /** While other event loops still go by it, and while the store does not know all of it. */
  private boolean isKept(NodePart part) {
    long quietMillis = clockMillis.getAsLong() - part.askedMillis();
    return quietMillis < MIXED_MILLIS
        || (part.awaitsConfirmation() && quietMillis < LONGEST_WAIT_MILLIS);
  }

  private @Nullable NodePart part(Ask ask, long now) {
    NodePart known = parts.get(ask.counter());
    if (known != null) {
      return known;
    }
    Sight sight = sights.get(ask.counter());
    Long capacity = ask.capacity();
    if ((capacity == null && sight == null) || (parts.size() >= MOST_PARTS && !sweep(now))) {
      return null;
    }
    NodePart made;
    if (sight != null && sight.endsMillis() > now) {
      made = new NodePart(sight.left(), sight.endsMillis(), ask.windowMillis());
    } else {
      made = new NodePart(capacity == null ? 0 : capacity, now, ask.windowMillis());
    }
    parts.put(ask.counter(), made);
    return made;
  }

  private String whyUnknown(Ask ask) {
    return ask.capacity() == null && !sights.containsKey(ask.counter())
        ? "its balance was not seen before"
        : "parts of too many counters are kept";
  }

  /** Drops parts whose window is over. At most once a second, as it looks at all of them. */
  private boolean sweep(long now) {
    if (now - sweptMillis >= 1000) {
      sweptMillis = now;
      parts.values().removeIf(part -> part.isOver(now));
    }
    return parts.size() < MOST_PARTS;
  }

  private void expire(long now) {
    Iterator<Open> eldest = open.values().iterator();
    while (eldest.hasNext()) {
      Open request = eldest.next();
      if (request.expiryMillis() > now) {
        return;
      }
      eldest.remove();
      for (Hold hold : request.holds()) {
        settle(hold, Math.max(hold.tokens(), hold.stamp()), now);
      }
    }
  }

  private static void settle(Hold hold, long tokens, long now) {
    hold.part().settle(hold.window(), hold.tokens(), tokens, now);
  }
}
