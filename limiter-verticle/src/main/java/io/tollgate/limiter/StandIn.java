package io.tollgate.limiter;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.share.Ask;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.share.Shared;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for stores that can't be reached, on limits that say {@code fail: share}: this node's
 * part of such a limit decides, together with what the stores said that did answer.
 */
final class StandIn {
  private final NodeParts parts;
  private final IntSupplier nodes;
  private final CounterNames names;

  /**
   * @param parts one for all instances of the node
   * @param nodes how many nodes share a limit, this one included
   */
  StandIn(NodeParts parts, IntSupplier nodes, CounterNames names) {
    this.parts = parts;
    this.nodes = nodes;
    this.names = names;
  }

  /**
   * The same outcomes, but that of a shared limit whose store was not reached is what this node's
   * part says. When something else stands in the way of the request already, nothing is taken.
   *
   * @param outcomes of all the request's limits
   */
  List<LimitOutcome.Of> complete(AdmitRequest request, List<LimitOutcome.Of> outcomes) {
    List<Ask> asks = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    boolean refused = false;
    for (int place = 0; place < outcomes.size(); place++) {
      LimitOutcome.Of each = outcomes.get(place);
      boolean shared = isShared(each.limit());
      if (shared) {
        LimitOutcome.Of objection = objection(request, each);
        remember(each);
        if (objection != null) {
          List<LimitOutcome.Of> objected = new ArrayList<>(outcomes);
          objected.set(place, objection);
          return objected;
        }
      }
      if (each.isUnenforced() && shared) {
        asks.add(ask(each.limit(), request.estimate()));
        places.add(place);
      }
      refused |= each.outcome() instanceof LimitOutcome.Spent;
      refused |=
          each.isUnenforced()
              && each.limit().block().fail() == FailPolicy.CLOSED
              && !each.limit().isShadow();
    }
    if (asks.isEmpty() || refused) {
      return outcomes;
    }
    Shared answer = parts.take(request.requestId(), asks, nodes.getAsInt());
    return with(answer, places, outcomes);
  }

  void renew(Renewal.OpenRequest open) {
    if (open.limitHolds().stream().anyMatch(hold -> !hold.isInStore() || countsProgress(hold))) {
      parts.renew(open.requestId(), open.soFar());
    }
  }

  /**
   * These holds of a request are given back. What stores count as in progress is not any more,
   * though they may not have heard of it; said again it is passed over.
   */
  void ended(String requestId, List<LimitHold> holds) {
    for (LimitHold hold : holds) {
      if (countsProgress(hold)) {
        parts.left(requestId, name(hold.store(), names.of(hold.key())));
      }
    }
  }

  /** What a request that is over, or is refused after all, held here is settled. */
  void settle(String requestId, TokenUsage usage) {
    parts.settle(requestId, usage);
  }

  /** The store has what a request used. */
  void confirmed(UsageEvent event) {
    if (event.limitHolds().stream().anyMatch(hold -> !hold.isInStore())) {
      parts.confirmed(event.requestId());
    }
  }

  private static List<LimitOutcome.Of> with(
      Shared answer, List<Integer> places, List<LimitOutcome.Of> outcomes) {
    List<LimitOutcome.Of> completed = new ArrayList<>(outcomes);
    switch (answer) {
      case Shared.Held held -> {
        for (int i = 0; i < places.size(); i++) {
          replace(completed, places.get(i), new LimitOutcome.PartTaken(held.standings().get(i)));
        }
      }
      case Shared.Spent spent ->
          replace(
              completed,
              places.get(spent.index()),
              new LimitOutcome.PartSpent(spent.standing(), null));
      case Shared.Unknown unknown ->
          replace(
              completed, places.get(unknown.index()), new LimitOutcome.Unreached(unknown.reason()));
    }
    return completed;
  }

  private static void replace(List<LimitOutcome.Of> outcomes, int place, LimitOutcome outcome) {
    outcomes.set(place, new LimitOutcome.Of(outcomes.get(place).limit(), outcome));
  }

  private LimitOutcome.@Nullable Of objection(AdmitRequest request, LimitOutcome.Of each) {
    if (each.outcome() instanceof LimitOutcome.Taken taken) {
      Limit limit = each.limit();
      Standing spent =
          parts.objection(request.requestId(), name(limit), limit.terms(), taken.hold().tokens());
      if (spent != null) {
        return new LimitOutcome.Of(limit, new LimitOutcome.PartSpent(spent, taken.hold()));
      }
    }
    return null;
  }

  /** What the store says is what there is to be divided when it can't be reached any more. */
  private void remember(LimitOutcome.Of each) {
    Limit limit = each.limit();
    switch (each.outcome()) {
      case LimitOutcome.Taken taken ->
          parts.sawLimit(
              name(limit), limit.terms(), taken.used() + taken.held(), taken.resetMillis());
      case LimitOutcome.Spent spent ->
          parts.sawLimit(
              name(limit), limit.terms(), spent.used() + spent.held(), spent.resetMillis());
      default -> {}
    }
  }

  private static Ask ask(Limit limit, Estimate estimate) {
    return Ask.limit(
        name(limit),
        limit.terms(),
        limit.terms().expected(estimate),
        limit.block().admitting().strict());
  }

  private static boolean isShared(Limit limit) {
    return limit.block().fail() == FailPolicy.SHARE && !limit.isShadow();
  }

  private static boolean countsProgress(LimitHold hold) {
    return hold.terms().algorithm() == Algorithm.CONCURRENCY && hold.isInStore();
  }

  private static String name(Limit limit) {
    return name(limit.block().store(), limit.counter());
  }

  private static String name(String store, String counter) {
    return store + '|' + counter;
  }
}
