package io.tollgate.quota;

import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.quota.AuditTrail;
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
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

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
  static final Script SCRIPT =
      Script.load(Ledger.class, "account.lua", "levels.lua", "budget.lua", "ledger.lua");

  private static final Script PEEK = SCRIPT.peeking();

  private final RedisLink link;
  private final LeaseIndex leases;
  private final long leaseMillis;
  private final List<String> settings;
  private final Script script;
  private final Batcher<List<Entry>, List<Response>> batcher;
  private final Function<String, String> termsOf;

  Ledger(RedisLink link) {
    this(link, key -> BudgetTerms.PLAIN);
  }

  /**
   * @param termsOf the terms of the balance at a key
   */
  Ledger(RedisLink link, Function<String, String> termsOf) {
    this(link, SCRIPT, Lease.LENGTH, MOST_IN_GENERATION, termsOf);
  }

  /** By another clock than Redis's own, for one. */
  Ledger(RedisLink link, Script script) {
    this(link, script, Lease.LENGTH, MOST_IN_GENERATION, key -> BudgetTerms.PLAIN);
  }

  Ledger(RedisLink link, Duration lease, int mostInGeneration) {
    this(link, SCRIPT, lease, mostInGeneration, key -> BudgetTerms.PLAIN);
  }

  private Ledger(
      RedisLink link,
      Script script,
      Duration lease,
      int mostInGeneration,
      Function<String, String> termsOf) {
    this.link = link;
    this.script = script;
    this.termsOf = termsOf;
    this.batcher =
        link.batcher(MOST_AT_ONCE, entries -> link.slot(entries.getFirst()::key), this::writeAll);
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
    return batcher.submit(List.of(entry)).map(answers -> line(entry, answers.getFirst()));
  }

  /**
   * Takes the holds of one request. Those of one slot are taken together or not at all.
   *
   * @return for each entry what {@link #write} would return
   */
  List<Future<Line>> reserve(List<Entry> entries) {
    Map<Integer, List<Entry>> bySlot = new LinkedHashMap<>();
    List<Integer> places = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      List<Entry> together =
          bySlot.computeIfAbsent(link.slot(entry::key), slot -> new ArrayList<>());
      places.add(together.size());
      together.add(together.isEmpty() ? entry : entry.joined());
    }
    Map<Integer, Future<List<Response>>> calls = new HashMap<>();
    bySlot.forEach((slot, together) -> calls.put(slot, batcher.submit(together)));
    List<Future<Line>> lines = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      int place = places.get(i);
      lines.add(
          Objects.requireNonNull(calls.get(link.slot(entry::key)))
              .map(answers -> line(entry, answers.get(place))));
    }
    return lines;
  }

  /** The latest of what was written down about changes of a balance, the newest first. */
  Future<AuditTrail> audit(String key, int limit) {
    Future<Response> made = latest('{' + key + "}:audit", limit);
    Future<Response> own = latest('{' + key + "}:course", limit);
    return Future.all(made, own).map(both -> Audits.read(made.result(), own.result(), limit));
  }

  private Future<Response> latest(String stream, int limit) {
    return link.send(Command.XREVRANGE, stream, "+", "-", "COUNT", Integer.toString(limit));
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
          write(Entry.reap(balance).on(termsOf.apply(balance)))
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

  private Future<List<List<Response>>> writeAll(List<List<Entry>> groups) {
    List<String> keys = new ArrayList<>(groups.size() * Entry.KEYS);
    List<String> args = new ArrayList<>(settings.size() + groups.size() * Entry.ARGS);
    args.addAll(settings);
    Set<String> held = new LinkedHashSet<>();
    for (List<Entry> group : groups) {
      for (Entry entry : group) {
        entry.addTo(keys, args);
        if (entry.takesHold()) {
          held.add(entry.key());
        }
      }
    }
    leases.put(held);
    return link.run(script, keys, args).map(answers -> each(groups, answers));
  }

  private static List<List<Response>> each(List<List<Entry>> groups, Response answers) {
    List<List<Response>> all = new ArrayList<>(groups.size());
    int next = 0;
    for (List<Entry> group : groups) {
      List<Response> own = new ArrayList<>(group.size());
      for (int i = 0; i < group.size(); i++) {
        own.add(answers.get(next++));
      }
      all.add(own);
    }
    return all;
  }
}
