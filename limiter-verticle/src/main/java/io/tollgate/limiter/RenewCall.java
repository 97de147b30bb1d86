package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.store.LeaseIndex;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs {@code renew.lua} for a batch of open requests on one store. */
final class RenewCall implements Function<List<RenewCall.Question>, Future<List<List<Long>>>> {
  /** Nobody knows how much is left. */
  static final long UNKNOWN = Long.MAX_VALUE;

  private static final long NO_INTEGER = -(1L << 53);

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

  /** For each request what may be used beyond each of its holds. */
  @Override
  public Future<List<List<Long>>> apply(List<Question> batch) {
    CounterTable table = new CounterTable(times).add(batch.size());
    for (Question question : batch) {
      table.add(question.requestId()).add(question.holds().size());
      for (LimitHold hold : question.holds()) {
        table.addHold(names.of(hold.key()), hold).addTokens(hold.terms().soFar(question.soFar()));
      }
    }
    leases.put(table.members());
    return link.run(script, table.keys(), table.args())
        .map(replies -> left(batch, new Numbers(replies)));
  }

  private static List<List<Long>> left(List<Question> batch, Numbers counted) {
    List<List<Long>> left = new ArrayList<>(batch.size());
    int at = 0;
    for (Question question : batch) {
      List<Long> each = new ArrayList<>(question.holds().size());
      for (LimitHold hold : question.holds()) {
        long taken = counted.at(at++);
        each.add(taken == NO_INTEGER ? UNKNOWN : hold.terms().capacity() - taken);
      }
      left.add(each);
    }
    return left;
  }
}
