package io.tollgate.quota;

import io.tollgate.contract.hold.Lease;
import io.tollgate.store.Batcher;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.tollgate.store.StoreFault;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The balances in one store and the holds on them. All entries of one slot that wait go in one
 * script call.
 *
 * <p>Used on one event loop.
 */
final class Ledger {
  /** Holds outlive the last touch of their account for at least half as long. */
  private static final Duration KEPT = Duration.ofDays(1);

  /**
   * An account remembers what settled in this generation and in the two before it, so that a
   * settlement may come again.
   */
  private static final Duration GENERATION = Duration.ofMinutes(30);

  /** The most requests in a generation; a busier account begins the next one early. */
  private static final int MOST_IN_GENERATION = 100_000;

  private static final int MOST_AT_ONCE = 256;
  private static final Script SCRIPT = Script.load(Ledger.class, "ledger.lua");

  private final RedisLink link;
  private final List<String> settings;
  private final Batcher<Entry, Response> batcher;

  Ledger(RedisLink link) {
    this(link, Lease.LENGTH, MOST_IN_GENERATION);
  }

  Ledger(RedisLink link, Duration lease, int mostInGeneration) {
    this.link = link;
    this.batcher = link.batcher(MOST_AT_ONCE, entry -> link.slot(entry::key), this::writeAll);
    this.settings =
        List.of(
            Long.toString(lease.toMillis()),
            Long.toString(KEPT.toMillis()),
            Long.toString(GENERATION.toMillis()),
            Integer.toString(mostInGeneration));
  }

  /** Fails with a {@link BalanceFault}, or with a {@link StoreFault}. */
  Future<Line> write(Entry entry) {
    return batcher.submit(entry).map(answer -> line(entry, answer));
  }

  /** What keeps Redis from writing anything is no fault of this balance. */
  private Line line(Entry entry, Response answer) {
    String error = Line.errorIn(answer);
    if (error != null) {
      StoreFault fault = link.judge(error);
      if (fault.kind() != StoreFault.Kind.REFUSED) {
        throw fault;
      }
    }
    return Line.of(entry, answer);
  }

  private Future<List<Response>> writeAll(List<Entry> entries) {
    List<String> keys = new ArrayList<>(entries.size() * Entry.KEYS);
    List<String> args = new ArrayList<>(settings.size() + entries.size() * Entry.ARGS);
    args.addAll(settings);
    for (Entry entry : entries) {
      entry.addTo(keys, args);
    }
    return link.run(SCRIPT, keys, args).map(Ledger::each);
  }

  private static List<Response> each(Response answers) {
    List<Response> list = new ArrayList<>(answers.size());
    for (Response answer : answers) {
      list.add(answer);
    }
    return list;
  }
}
