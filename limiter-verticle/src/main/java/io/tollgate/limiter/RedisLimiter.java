package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits whose counters live in Redis. A request takes a hold on every counter that it goes by, or
 * on none; where they are in several places, each place is asked once, all at the same time, and
 * what one has given goes back when another refuses.
 *
 * <p>Used on one event loop.
 */
final class RedisLimiter implements LimiterService {
  private static final Logger log = LoggerFactory.getLogger(RedisLimiter.class);

  private final RuleMatch rules;
  private final Outages outages;
  private final StandIn standIn;
  private final AdmissionDecision decision;
  private final Map<String, CounterStore> stores;
  private final LimitAlerts alerts;

  /** Counters of one place can be asked in one script call. */
  private record Place(String store, int slot) {}

  /**
   * @param standIn for stores that can't be reached
   * @param stores by id, all that the rules use
   * @param alerts who is told how far limits are used
   */
  RedisLimiter(
      RuleMatch rules,
      Outages outages,
      StandIn standIn,
      Map<String, CounterStore> stores,
      LimitAlerts alerts) {
    this.rules = rules;
    this.outages = outages;
    this.standIn = standIn;
    this.decision = new AdmissionDecision(outages);
    this.stores = Map.copyOf(stores);
    this.alerts = alerts;
  }

  @Override
  public Future<Admission> admit(AdmitRequest request) {
    Matched matched = rules.match(request);
    Admission.Throttled refusal = matched.refusal();
    if (refusal != null) {
      return Future.succeededFuture(refusal);
    }
    return matched.limits().isEmpty()
        ? Future.succeededFuture(Admission.Admitted.FREELY.alsoRefusedBy(matched.wouldRefuse()))
        : take(request, matched);
  }

  private Future<Admission> take(AdmitRequest request, Matched matched) {
    List<Limit> limits = matched.limits();
    return ask(request, limits)
        .map(answers -> standIn.complete(request, answers))
        .map(
            outcomes -> {
              Admission admission = decision.decide(request.estimate(), outcomes);
              if (!(admission instanceof Admission.Admitted)) {
                release(request.requestId(), outcomes);
              }
              alerts.look(outcomes, id -> store(id).link());
              return admission instanceof Admission.Admitted admitted
                  ? admitted.alsoRefusedBy(matched.wouldRefuse())
                  : admission;
            });
  }

  @Override
  public Future<Acknowledged> settle(UsageEvent event) {
    long ageMillis = System.currentTimeMillis() - event.atMillis();
    return inEachPlace(
            event.limitHolds(),
            (store, holds) ->
                store
                    .settle(
                        new SettleCall.Question(
                            event.requestId(),
                            ageMillis,
                            holds,
                            hold -> event.countedBy(hold.terms())))
                    .onSuccess(settled -> alerts.look(settled, store.link()))
                    .compose(this::confirmed))
        .onSuccess(settled -> standIn.confirmed(event))
        // Not before: what the store has said until now counts them as well.
        .onComplete(tried -> standIn.ended(event.requestId(), event.limitHolds()));
  }

  @Override
  public Future<Renewed> renew(Renewal renewal) {
    Map<String, List<Long>> left = new HashMap<>();
    List<Future<?>> renewed = new ArrayList<>(renewal.open().size());
    for (Renewal.OpenRequest open : renewal.open()) {
      standIn.renew(open);
      byPlace(open.limitHolds(), this::placeOf)
          .forEach((place, holds) -> renewed.add(renew(open, place, holds, left)));
    }
    return Future.join(renewed).map(done -> new Renewed(left));
  }

  /**
   * @param left what is left by requests, to which this adds
   */
  private Future<?> renew(
      Renewal.OpenRequest open, Place place, List<LimitHold> holds, Map<String, List<Long>> left) {
    CounterStore store = stores.get(place.store());
    if (store == null) {
      outages.storeIsGone(place.store(), holds.getFirst().key());
      return Future.succeededFuture();
    }
    return store
        .renew(new RenewCall.Question(open.requestId(), open.soFar(), holds))
        .onSuccess(
            each -> {
              List<Long> all =
                  left.computeIfAbsent(
                      open.requestId(),
                      id ->
                          new ArrayList<>(
                              Collections.nCopies(open.limitHolds().size(), RenewCall.UNKNOWN)));
              for (int i = 0; i < holds.size(); i++) {
                all.set(open.limitHolds().indexOf(holds.get(i)), each.get(i));
              }
            });
  }

  /** What became of each limit, in the order of the limits. */
  private Future<List<LimitOutcome.Of>> ask(AdmitRequest request, List<Limit> limits) {
    String id = request.requestId();
    List<Future<List<LimitOutcome.Of>>> answers = new ArrayList<>();
    byPlace(limits, this::placeOf)
        .forEach(
            (place, group) ->
                answers.add(
                    store(place.store())
                        .admit(new AdmitCall.Question(id, request.estimate(), group))));
    return answers.size() == 1
        ? answers.getFirst()
        : Future.all(answers).map(all -> inOrder(limits, answers));
  }

  private static List<LimitOutcome.Of> inOrder(
      List<Limit> limits, List<Future<List<LimitOutcome.Of>>> answers) {
    IdentityHashMap<Limit, LimitOutcome.Of> byLimit = new IdentityHashMap<>();
    for (Future<List<LimitOutcome.Of>> answer : answers) {
      answer.result().forEach(each -> byLimit.put(each.limit(), each));
    }
    List<LimitOutcome.Of> ordered = new ArrayList<>(limits.size());
    limits.forEach(limit -> ordered.add(byLimit.get(limit)));
    return ordered;
  }

  /**
   * Frees what was taken for a request that is refused after all. Nobody waits for it: where it
   * fails the lease runs out soon.
   */
  private void release(String requestId, List<LimitOutcome.Of> outcomes) {
    List<LimitHold> holds = new ArrayList<>(outcomes.size());
    for (LimitOutcome.Of each : outcomes) {
      if (each.outcome() instanceof LimitOutcome.Taken taken) {
        holds.add(taken.hold());
      } else if (each.outcome() instanceof LimitOutcome.PartSpent spent && spent.hold() != null) {
        holds.add(spent.hold());
      }
    }
    inEachPlace(
            holds,
            (store, held) ->
                store
                    .settle(new SettleCall.Question(requestId, 0, held, hold -> 0))
                    .compose(this::confirmed))
        .onComplete(tried -> standIn.ended(requestId, holds))
        .onFailure(fault -> log.debug("holds of {} are left to their lease", requestId, fault));
  }

  private Future<Acknowledged> confirmed(Settled settled) {
    return settled
        .unsettled()
        .map(
            hold -> {
              outages.brokenCounter(hold.key());
              return Future.<Acknowledged>failedFuture(new BrokenCounter(hold.key()));
            })
        .orElseGet(() -> Future.succeededFuture(Acknowledged.YES));
  }

  /** Completes when all places have ended, and fails when one did. */
  private Future<Acknowledged> inEachPlace(
      List<LimitHold> holds,
      BiFunction<CounterStore, List<LimitHold>, Future<Acknowledged>> operation) {
    List<Future<Acknowledged>> answers = new ArrayList<>();
    byPlace(holds, this::placeOf)
        .forEach((place, group) -> answers.add(in(place.store(), group, operation)));
    return answers.size() == 1 ? answers.getFirst() : Future.join(answers).map(Acknowledged.YES);
  }

  private Future<Acknowledged> in(
      String id,
      List<LimitHold> holds,
      BiFunction<CounterStore, List<LimitHold>, Future<Acknowledged>> operation) {
    CounterStore store = stores.get(id);
    if (store == null) {
      outages.storeIsGone(id, holds.getFirst().key());
      return Future.succeededFuture(Acknowledged.YES);
    }
    return operation.apply(store, holds);
  }

  private CounterStore store(String id) {
    CounterStore store = stores.get(id);
    if (store == null) {
      throw new IllegalStateException("a rule uses store " + id + ", which was not opened");
    }
    return store;
  }

  private Place placeOf(Limit limit) {
    String id = limit.block().store();
    return new Place(id, store(id).slotOf(limit));
  }

  private Place placeOf(LimitHold hold) {
    CounterStore store = stores.get(hold.store());
    return new Place(hold.store(), store == null ? 0 : store.slotOf(hold));
  }

  private static <T> Map<Place, List<T>> byPlace(List<T> items, Function<T, Place> placeOf) {
    if (items.size() == 1) {
      return Map.of(placeOf.apply(items.getFirst()), items);
    }
    Map<Place, List<T>> groups = new LinkedHashMap<>();
    for (T item : items) {
      groups.computeIfAbsent(placeOf.apply(item), place -> new ArrayList<>()).add(item);
    }
    return groups;
  }
}
