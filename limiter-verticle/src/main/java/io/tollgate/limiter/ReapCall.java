package io.tollgate.limiter;

import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs {@code reap.lua} for counters of one store, as an index of leases names them. */
final class ReapCall implements Function<List<String>, Future<List<Long>>> {

  private final Script script;
  private final RedisLink link;
  private final CounterTimes times;

  ReapCall(Script script, RedisLink link, CounterTimes times) {
    this.script = script;
    this.link = link;
    this.times = times;
  }

  /** For each counter in how many milliseconds to look again, negative when nothing is held. */
  @Override
  public Future<List<Long>> apply(List<String> members) {
    CounterTable table = new CounterTable(times).add(members.size());
    members.forEach(table::addMember);
    return link.run(script, table.keys(), table.args())
        .map(replies -> delays(members.size(), new Numbers(replies)));
  }

  private static List<Long> delays(int count, Numbers replies) {
    List<Long> delays = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      delays.add(replies.at(i));
    }
    return delays;
  }
}
