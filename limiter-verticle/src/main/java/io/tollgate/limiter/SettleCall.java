package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Runs {@code settle.lua} for a batch of requests on one store. */
final class SettleCall
    implements Function<List<SettleCall.Question>, Future<List<Optional<LimitHold>>>> {

  /**
   * @param ageMillis how long ago the request ended
   * @param holds in this store
   * @param used what it has used, by the terms of each hold
   */
  record Question(
      String requestId, long ageMillis, List<LimitHold> holds, ToLongFunction<LimitHold> used) {}

  private final Script script;
  private final RedisLink link;
  private final CounterNames names;
  private final CounterTimes times;

  SettleCall(Script script, RedisLink link, CounterNames names, CounterTimes times) {
    this.script = script;
    this.link = link;
    this.names = names;
    this.times = times;
  }

  /** For each request the first hold that can't be settled, as its counter holds no integer. */
  @Override
  public Future<List<Optional<LimitHold>>> apply(List<Question> batch) {
    CounterTable table = new CounterTable(times).add(batch.size());
    for (Question question : batch) {
      table
          .add(question.requestId())
          .add(Long.toString(Math.max(0, question.ageMillis())))
          .add(question.holds().size());
      for (LimitHold hold : question.holds()) {
        table.addHold(names.of(hold.key()), hold).addTokens(question.used().applyAsLong(hold));
      }
    }
    return link.run(script, table.keys(), table.args())
        .map(replies -> unsettled(batch, new Numbers(replies)));
  }

  private static List<Optional<LimitHold>> unsettled(List<Question> batch, Numbers replies) {
    List<Optional<LimitHold>> unsettled = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      unsettled.add(unsettled(batch.get(i), replies.at(i)));
    }
    return unsettled;
  }

  private static Optional<LimitHold> unsettled(Question question, long number) {
    return number == 0 ? Optional.empty() : Optional.of(question.holds().get((int) number - 1));
  }
}
