package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.TokenUsage;
import io.tollgate.store.LeaseIndex;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Runs {@code renew.lua} for a batch of open requests on one store. */
final class RenewCall implements Function<List<RenewCall.Question>, Future<List<Acknowledged>>> {

  /**
   * @param soFar what the request has used up to now
   * @param holds in this store
   */
  record Question(String requestId, TokenUsage soFar, List<LimitHold> holds) {}

  private final Script script;
  private final RedisLink link;
  private final CounterNames names;
  private final LeaseIndex leases;
  private final CounterTimes times;

  RenewCall(
      Script script, RedisLink link, CounterNames names, LeaseIndex leases, CounterTimes times) {
    this.script = script;
    this.link = link;
    this.names = names;
    this.leases = leases;
    this.times = times;
  }

  @Override
  public Future<List<Acknowledged>> apply(List<Question> batch) {
    CounterTable table = new CounterTable(times).add(batch.size());
    for (Question question : batch) {
      table.add(question.requestId()).add(question.holds().size());
      for (LimitHold hold : question.holds()) {
        table.addHold(names.of(hold.key()), hold).addTokens(hold.terms().soFar(question.soFar()));
      }
    }
    leases.put(table.members());
    return link.run(script, table.keys(), table.args())
        .map(renewed -> Collections.nCopies(batch.size(), Acknowledged.YES));
  }
}
