package io.tollgate.quota;

import io.tollgate.contract.hold.Lease;
import io.tollgate.store.Batcher;
import io.tollgate.store.LeaseIndex;
import io.tollgate.store.LeaseSweep;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.tollgate.store.StoreFault;
import io.tollgate.store.Turn;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The balances in one store and the holds on them. All entries of one slot that wait go in one
 * script call.
 *
 * <p>Used on one event loop.
 */
final class Ledger {
  /** The balances that have holds. */
  static final String LEASES = "tollgate:leases:balances";

  /**
   * Holds outlive the last touch of their account for at least half as long, should all nodes be
   * away for days.
   */
  private static final Duration KEPT = Duration.ofDays(14);

  /** What a hold was billed whose lease ran out is known for seven times as long. */
  private static final Duration BILLED_GENERATION = Duration.ofDays(1);

  /**
   * An account remembers what settled in this generation and in the two before it, so that a
   * settlement may come again.
   */
  private static final Duration GENERATION = Duration.ofMinutes(30);

  /** The most requests in a generation; a busier account begins the next one early. */
  private static final int MOST_IN_GENERATION = 100_000;

  private static final int MOST_AT_ONCE = 256;
  private static final Script SCRIPT = Script.load(Ledger.class, "ledger.lua");

  private static final Script PEEK = SCRIPT.peeking();

  private final RedisLink link;
  private final LeaseIndex leases;
  private final long leaseMillis;
  private final List<String> settings;
  private final Batcher<Entry, Response> batcher;

  Ledger(RedisLink link) {
    this(link, Lease.LENGTH, MOST_IN_GENERATION);
  }

  Ledger(RedisLink link, Duration lease, int mostInGeneration) {
    this.link = link;
    this.batcher = link.batcher(MOST_AT_ONCE, entry -> link.slot(entry::key), this::writeAll);
    this.leases = new LeaseIndex(link, LEASES, lease);
    this.leaseMillis = lease.toMillis();
    this.settings =
        List.of(
            Long.toString(lease.toMillis()),
            Long.toString(KEPT.toMillis()),
            Long.toString(GENERATION.toMillis()),
            Long.toString(BILLED_GENERATION.toMillis()),
            Integer.toString(mostInGeneration));
  }

  /** Fails with a {@link BalanceFault}, or with a {@link StoreFault}. */
  Future<Line> write(Entry entry) {
    return batcher.submit(entry).map(answer -> line(entry, answer));
  }

  /**
   * What an entry would be answered; nothing is written.
   *
   * @return as of {@link #write}
   */
  Future<Line> peek(Entry entry) {
    List<String> keys = new ArrayList<>(Entry.KEYS);
    List<String> args = new ArrayList<>(settings);
    entry.addTo(keys, args);
    return link.run(PEEK, keys, args).map(answers -> line(entry, answers.get(0)));
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

  /** Frees what nodes have held that are gone, until the sweep is stopped. */
  LeaseSweep sweep(Vertx vertx, Turn turn) {
    return LeaseSweep.start(vertx, leases, turn, this::reap);
  }

  /** For each balance in how many milliseconds to look again, negative when nothing is held. */
  private Future<List<Long>> reap(List<String> balances) {
    List<Future<Long>> delays = new ArrayList<>(balances.size());
    for (String balance : balances) {
      delays.add(
          write(Entry.reap(balance))
              .map(Line::tokens)
              .recover(
                  fault ->
                      // Holds on what is no balance wait for it to be set to one.
                      fault instanceof BalanceFault
                          ? Future.succeededFuture(leaseMillis)
                          : Future.failedFuture(fault)));
    }
    return Future.all(delays).map(CompositeFuture::list);
  }

  private Future<List<Response>> writeAll(List<Entry> entries) {
    List<String> keys = new ArrayList<>(entries.size() * Entry.KEYS);
    List<String> args = new ArrayList<>(settings.size() + entries.size() * Entry.ARGS);
    args.addAll(settings);
    Set<String> held = new LinkedHashSet<>();
    for (Entry entry : entries) {
      entry.addTo(keys, args);
      if (entry.takesHold()) {
        held.add(entry.key());
      }
    }
    leases.put(held);
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
