package io.tollgate.limiter;

import io.tollgate.contract.config.Penalty;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.store.LeaseIndex;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs {@code admit.lua} for a batch of requests on one store. */
final class AdmitCall
    implements Function<List<AdmitCall.Question>, Future<List<List<LimitOutcome.Of>>>> {
  private static final long NO_INTEGER = -1;
  private static final int NUMBERS_PER_LIMIT = 5;

  /**
   * @param limits on counters of this store, each counter once
   */
  record Question(String requestId, Estimate estimate, List<Limit> limits) {}

  private final Script script;
  private final RedisLink link;
  private final @Nullable LeaseIndex leases;
  private final CounterTimes times;

  /**
   * @param leases null for a script that takes nothing
   */
  AdmitCall(Script script, RedisLink link, @Nullable LeaseIndex leases, CounterTimes times) {
    this.script = script;
    this.link = link;
    this.leases = leases;
    this.times = times;
  }

  /** For each request what became of its limits, in their order. */
  @Override
  public Future<List<List<LimitOutcome.Of>>> apply(List<Question> batch) {
    CounterTable table = new CounterTable(times).add(batch.size());
    for (Question question : batch) {
      table.add(question.requestId()).add(question.limits().size());
      for (Limit limit : question.limits()) {
        table
            .addCounter(limit.counter(), limit.terms())
            .addTokens(limit.asks(question.estimate()))
            .addTokens(limit.capacity())
            .addTokens(limit.isShadow() ? 0 : limit.needs(question.estimate()))
            .add(penalty(limit));
      }
    }
    if (leases != null) {
      leases.put(table.members());
    }
    return link.run(script, table.keys(), table.args()).map(replies -> outcomes(batch, replies));
  }

  /** As {@code penalty.lua} has it; what refuses nobody punishes nobody. */
  private static String penalty(Limit limit) {
    Penalty penalty = limit.block().penalty();
    return penalty == null || limit.isShadow()
        ? ""
        : penalty.refusals()
            + ":"
            + penalty.period().toMillis()
            + ':'
            + penalty.first().toMillis()
            + ':'
            + Math.round(penalty.factor() * 1000)
            + ':'
            + penalty.longest().toMillis()
            + ':'
            + penalty.forgive().toMillis();
  }

  private static List<List<LimitOutcome.Of>> outcomes(List<Question> batch, Response replies) {
    List<List<LimitOutcome.Of>> outcomes = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      outcomes.add(outcomes(batch.get(i), new Numbers(replies.get(i))));
    }
    return outcomes;
  }

  private static List<LimitOutcome.Of> outcomes(Question question, Numbers reply) {
    boolean taken = reply.at(0) == 1;
    List<LimitOutcome.Of> outcomes = new ArrayList<>(question.limits().size());
    for (int i = 0; i < question.limits().size(); i++) {
      Limit limit = question.limits().get(i);
      outcomes.add(new LimitOutcome.Of(limit, taken ? taken(limit, reply, i) : spent(reply, i)));
    }
    return outcomes;
  }

  private static LimitOutcome taken(Limit limit, Numbers reply, int limitIndex) {
    int at = 1 + limitIndex * NUMBERS_PER_LIMIT;
    long window = reply.at(at);
    if (window == NO_INTEGER) {
      return new LimitOutcome.Broken();
    }
    LimitHold hold =
        new LimitHold(
            limit.block().store(),
            limit.key(),
            limit.terms(),
            Long.toString(window),
            reply.at(at + 1));
    return new LimitOutcome.Taken(hold, reply.at(at + 2), reply.at(at + 3), reply.at(at + 4));
  }

  private static LimitOutcome spent(Numbers reply, int limitIndex) {
    if (reply.at(1) != limitIndex + 1) {
      return new LimitOutcome.Skipped();
    }
    return new LimitOutcome.Spent(
        reply.at(2), reply.at(3), reply.at(4), reply.at(5), reply.at(6) > 0);
  }
}
