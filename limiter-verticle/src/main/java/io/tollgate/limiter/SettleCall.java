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
final class SettleCall implements Function<List<SettleCall.Question>, Future<List<Settled>>> {

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

  @Override
  public Future<List<Settled>> apply(List<Question> batch) {
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
        .map(replies -> settled(batch, table, new Numbers(replies)));
  }

  private List<Settled> settled(List<Question> batch, CounterTable table, Numbers replies) {
    List<Settled> settled = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Question question = batch.get(i);
      List<Settled.Counted> counted = new ArrayList<>(question.holds().size());
      for (LimitHold hold : question.holds()) {
        String counter = names.of(hold.key());
        int at = batch.size() + 2 * (table.numberOf(counter) - 1);
        counted.add(new Settled.Counted(hold, counter, replies.at(at), replies.at(at + 1)));
      }
      settled.add(new Settled(unsettled(question, replies.at(i)), counted));
    }
    return settled;
  }

  private static Optional<LimitHold> unsettled(Question question, long number) {
    return number == 0 ? Optional.empty() : Optional.of(question.holds().get((int) number - 1));
  }
}
