package io.tollgate.limiter;

import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.LimitHold;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits whose counters live in Redis. A request takes a hold on every counter that it goes by, or
 * on none; where its rules use several stores, each is asked once, all at the same time.
 *
 * <p>Used on one event loop.
 */
final class RedisLimiter implements LimiterService {
  private static final Logger log = LoggerFactory.getLogger(RedisLimiter.class);

  private final LimitRules rules;
  private final Outages outages;
  private final AdmissionDecision decision;
  private final Map<String, CounterStore> stores;

  /**
   * @param stores by id, all that the rules use
   */
  RedisLimiter(LimitRules rules, Outages outages, Map<String, CounterStore> stores) {
    this.rules = rules;
    this.outages = outages;
    this.decision = new AdmissionDecision(outages);
    this.stores = Map.copyOf(stores);
  }

  @Override
  public Future<Admission> admit(AdmitRequest request) {
    List<Limit> limits = rules.match(request);
    if (limits.isEmpty()) {
      return Future.succeededFuture(new Admission.Admitted(List.of(), null));
    }
    return ask(request, limits)
        .map(
            outcomes -> {
              Admission admission = decision.decide(outcomes);
              if (!(admission instanceof Admission.Admitted)) {
                release(request.requestId(), outcomes);
              }
              return admission;
            });
  }

  @Override
  public Future<Acknowledged> settle(UsageEvent event) {
    long tokens = event.usage().billableTokens();
    return inEachStore(
        event.limitHolds(),
        (store, holds) ->
            store
                .settle(new SettleCall.Question(event.requestId(), tokens, holds))
                .compose(this::confirmed));
  }

  @Override
  public Future<Acknowledged> renew(Renewal renewal) {
    List<Future<Acknowledged>> renewed =
        renewal.open().stream()
            .map(
                open ->
                    inEachStore(
                        open.limitHolds(),
                        (store, holds) ->
                            store.renew(
                                new RenewCall.Question(
                                    open.requestId(), open.tokensSoFar(), holds))))
            .toList();
    return Future.join(renewed).map(Acknowledged.YES);
  }

  /** What became of each limit, in the order of the limits. */
  private Future<List<LimitOutcome.Of>> ask(AdmitRequest request, List<Limit> limits) {
    List<Future<List<LimitOutcome.Of>>> answers =
        byStore(limits, limit -> limit.block().store()).entrySet().stream()
            .map(
                group ->
                    store(group.getKey())
                        .admit(
                            new AdmitCall.Question(
                                request.requestId(),
                                request.estimate().tokens(),
                                group.getValue())))
            .toList();
    if (answers.size() == 1) {
      return answers.getFirst();
    }
    return Future.all(answers)
        .map(
            all -> {
              IdentityHashMap<Limit, LimitOutcome.Of> outcomes = new IdentityHashMap<>();
              answers.forEach(
                  answer -> answer.result().forEach(each -> outcomes.put(each.limit(), each)));
              return limits.stream().map(outcomes::get).toList();
            });
  }

  /**
   * Frees what was taken for a request that is refused after all. Nobody waits for it: where it
   * fails the lease runs out soon.
   */
  private void release(String requestId, List<LimitOutcome.Of> outcomes) {
    List<LimitHold> holds =
        outcomes.stream()
            .map(LimitOutcome.Of::outcome)
            .filter(LimitOutcome.Taken.class::isInstance)
            .map(outcome -> ((LimitOutcome.Taken) outcome).hold())
            .toList();
    inEachStore(
            holds,
            (store, held) ->
                store.settle(new SettleCall.Question(requestId, 0, held)).compose(this::confirmed))
        .onFailure(fault -> log.debug("holds of {} are left to their lease", requestId, fault));
  }

  private Future<Acknowledged> confirmed(Optional<LimitHold> unsettled) {
    return unsettled
        .map(
            hold -> {
              outages.brokenCounter(hold.key());
              return Future.<Acknowledged>failedFuture(new BrokenCounter(hold.key()));
            })
        .orElseGet(() -> Future.succeededFuture(Acknowledged.YES));
  }

  /** Completes when all stores have ended, and fails when one did. */
  private Future<Acknowledged> inEachStore(
      List<LimitHold> holds,
      BiFunction<CounterStore, List<LimitHold>, Future<Acknowledged>> operation) {
    List<Future<Acknowledged>> answers =
        byStore(holds, LimitHold::store).entrySet().stream()
            .map(
                group -> {
                  CounterStore store = stores.get(group.getKey());
                  if (store == null) {
                    outages.storeIsGone(group.getKey(), group.getValue().getFirst().key());
                    return Future.succeededFuture(Acknowledged.YES);
                  }
                  return operation.apply(store, group.getValue());
                })
            .toList();
    return Future.join(answers).map(Acknowledged.YES);
  }

  private CounterStore store(String id) {
    CounterStore store = stores.get(id);
    if (store == null) {
      throw new IllegalStateException("a rule uses store " + id + ", which was not opened");
    }
    return store;
  }

  private static <T> Map<String, List<T>> byStore(List<T> items, Function<T, String> store) {
    return items.stream()
        .collect(Collectors.groupingBy(store, LinkedHashMap::new, Collectors.toList()));
  }
}
