package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.store.Batcher;
import io.tollgate.store.RedisLink;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The counters of one store: one script call at a time for each operation and slot, for all
 * requests that wait. Used on the event loop that opened the link.
 */
final class CounterStore {
  /** More would make a script hold up Redis, and with it everybody else. */
  private static final int MAX_BATCH = 64;

  private final RedisLink link;
  private final CounterNames names;
  private final Batcher<AdmitCall.Question, List<LimitOutcome.Of>> admissions;
  private final Batcher<SettleCall.Question, Optional<LimitHold>> settlements;
  private final Batcher<RenewCall.Question, Acknowledged> renewals;

  CounterStore(RedisLink link, CounterNames names) {
    this.link = link;
    this.names = names;
    this.admissions =
        link.batcher(MAX_BATCH, q -> slotOf(q.limits().getFirst()), new AdmitCall(link));
    this.settlements =
        link.batcher(MAX_BATCH, q -> slotOf(q.holds().getFirst()), new SettleCall(link, names));
    this.renewals =
        link.batcher(MAX_BATCH, q -> slotOf(q.holds().getFirst()), new RenewCall(link, names));
  }

  /** One question's limits are of one slot. */
  int slotOf(Limit limit) {
    return link.slot(limit::counter);
  }

  /** One question's holds are of one slot. */
  int slotOf(LimitHold hold) {
    return link.slot(() -> names.of(hold.key()));
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

  /**
   * @return the first hold whose counter can't count
   */
  Future<Optional<LimitHold>> settle(SettleCall.Question question) {
    return settlements.submit(question);
  }

  Future<Acknowledged> renew(RenewCall.Question question) {
    return renewals.submit(question);
  }
}
