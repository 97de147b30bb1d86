package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.store.Batcher;
import io.tollgate.store.LeaseIndex;
import io.tollgate.store.LeaseSweep;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Turn;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * The counters of one store: one script call at a time for each operation and slot, for all
 * requests that wait. Used on the event loop that opened the link.
 */
final class CounterStore {
  /** More would make a script hold up Redis, and with it everybody else. */
  private static final int MAX_BATCH = 64;

  /** The counters that have holds. */
  static final String LEASES = "tollgate:leases:limits";

  private final RedisLink link;
  private final CounterNames names;
  private final Batcher<AdmitCall.Question, List<LimitOutcome.Of>> admissions;
  private final Batcher<SettleCall.Question, Settled> settlements;
  private final Batcher<RenewCall.Question, List<Long>> renewals;
  private final LeaseIndex leases;
  private final Batcher<String, Long> visits;

  CounterStore(RedisLink link, CounterNames names) {
    this(link, names, CounterTimes.USUAL, CounterScripts.USUAL);
  }

  CounterStore(RedisLink link, CounterNames names, CounterTimes times, CounterScripts scripts) {
    this.link = link;
    this.names = names;
    this.leases = new LeaseIndex(link, LEASES, times.lease());
    this.admissions =
        link.batcher(
            MAX_BATCH,
            q -> slotOf(q.limits().getFirst()),
            new AdmitCall(scripts.admit(), link, leases, times));
    this.settlements =
        link.batcher(
            MAX_BATCH,
            q -> slotOf(q.holds().getFirst()),
            new SettleCall(scripts.settle(), link, names, times));
    this.renewals =
        link.batcher(
            MAX_BATCH,
            q -> slotOf(q.holds().getFirst()),
            new RenewCall(scripts.renew(), link, names, leases, times));
    this.visits =
        link.batcher(
            MAX_BATCH,
            member -> link.slot(() -> CounterTable.counterOf(member)),
            new ReapCall(scripts.reap(), link, times));
  }

  /** One question's limits are of one slot. */
  int slotOf(Limit limit) {
    return link.slot(limit::counter);
  }

  /** One question's holds are of one slot. */
  int slotOf(LimitHold hold) {
    return link.slot(() -> names.of(hold.key()));
  }

  RedisLink link() {
    return link;
  }

  /** Takes all of the limits or none; never fails: an outage is an outcome. */
  Future<List<LimitOutcome.Of>> admit(AdmitCall.Question question) {
    return admissions
        .submit(question)
        .otherwise(
            fault -> {
              LimitOutcome unreached =
                  new LimitOutcome.Unreached(String.valueOf(fault.getMessage()));
              List<LimitOutcome.Of> outcomes = new ArrayList<>(question.limits().size());
              for (Limit limit : question.limits()) {
                outcomes.add(new LimitOutcome.Of(limit, unreached));
              }
              return outcomes;
            });
  }

  Future<Settled> settle(SettleCall.Question question) {
    return settlements.submit(question);
  }

  /** What may be used beyond each hold. */
  Future<List<Long>> renew(RenewCall.Question question) {
    return renewals.submit(question);
  }

  /**
   * Frees what is held on counters by nodes that are gone.
   *
   * @param members counters, as {@link CounterTable#members} names them
   * @return for each in how many milliseconds to look again, negative when nothing is held
   */
  Future<List<Long>> reap(List<String> members) {
    return Future.all(members.stream().map(visits::submit).toList()).map(CompositeFuture::list);
  }

  /** Frees what nodes have held that are gone, until the sweep is stopped. */
  LeaseSweep sweep(Vertx vertx, Turn turn) {
    return LeaseSweep.start(vertx, leases, turn, this::reap);
  }
}
