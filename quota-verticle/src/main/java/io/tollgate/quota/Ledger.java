package io.tollgate.quota;

import io.tollgate.contract.usage.Lease;
import io.tollgate.store.Batcher;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The balances in one Redis and the holds on them. All entries that wait go in one script call.
 *
 * <p>Used on one event loop.
 */
final class Ledger {
  /**
   * For how long a request's end is remembered, so that its settlement may come again. Also how
   * long holds outlive the last touch of their account.
   */
  private static final Duration MEMORY = Duration.ofDays(1);

  /** How many ended requests an account remembers at most. */
  private static final int MOST_REMEMBERED = 100_000;

  private static final int MOST_AT_ONCE = 256;
  private static final Script SCRIPT = Script.load(Ledger.class, "ledger.lua");

  private final RedisLink link;
  private final List<String> settings;
  private final Batcher<Entry, Response> batcher = new Batcher<>(MOST_AT_ONCE, this::writeAll);

  Ledger(RedisLink link) {
    this(link, Lease.LENGTH, MEMORY, MOST_REMEMBERED);
  }

  Ledger(RedisLink link, Duration lease, Duration memory, int mostRemembered) {
    this.link = link;
    this.settings =
        List.of(
            Long.toString(lease.toMillis()),
            Long.toString(memory.toMillis()),
            Integer.toString(mostRemembered));
  }

  /** Fails with a {@link BalanceFault}, or with a {@link io.tollgate.store.StoreFault}. */
  Future<Line> write(Entry entry) {
    return batcher.submit(entry).map(answer -> Line.of(entry, answer));
  }

  private Future<List<Response>> writeAll(List<Entry> entries) {
    List<String> keys = new ArrayList<>(entries.size() * 4);
    List<String> args = new ArrayList<>(settings.size() + entries.size() * 4);
    args.addAll(settings);
    for (Entry entry : entries) {
      keys.addAll(entry.keys());
      args.addAll(entry.args());
    }
    return link.run(SCRIPT, keys, args).map(answers -> answers.stream().toList());
  }
}
