package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.quota.AccountChange.Note;
import io.tollgate.contract.quota.AuditTrail;
import io.tollgate.store.TestClock;
import io.vertx.redis.client.Command;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * A budget whose amount, period, carry-over and overdraft are edited on two nodes, one after the
 * other, while requests are open and grants are given. Whatever comes when, the balance is what was
 * added by the trail, less what requests have used; what ended periods have paid for is in the
 * trail, too.
 */
class BudgetEditPropertyTest {
  private static final String KEY = "tollgate:quota:monthly:ann";
  private static final long HOUR = 3_600_000;
  private static final long BEGIN = 1_700_000_000_000L / HOUR * HOUR;
  private static final Pattern PAID = Pattern.compile("held (\\d+)");

  /** What a budget is on some node; a length of 0 is no period. */
  record Terms(long amount, long carry, long overdraft, long hours) {
    String text() {
      return "%d %d %d 0 %d -".formatted(amount, carry, overdraft, hours * HOUR);
    }
  }

  /** One thing that happens, by one of the nodes. */
  sealed interface Step {
    record Edit(int node, Terms terms) implements Step {}

    record Reserve(int node, long estimate) implements Step {}

    record Settle(int node, int which, long used) implements Step {}

    record Grant(int node, long tokens, long hours) implements Step {}

    /** All open requests are renewed every few seconds meanwhile. */
    record Pass(long minutes) implements Step {}
  }

  /** An open request. */
  private record Open(long tokens) {}

  private static RunningRedis redis;
  private static Ledger ledger;

  private final Map<String, Open> open = new LinkedHashMap<>();
  private final Terms[] terms = new Terms[2];
  private long now;
  private long used;
  private int asked;

  @BeforeContainer
  static void start() throws Exception {
    redis = new RunningRedis();
    ledger = new Ledger(redis.link, TestClock.by(Ledger.SCRIPT));
  }

  @AfterContainer
  static void stop() throws Exception {
    redis.close();
  }

  @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
  void what_is_used_is_charged_once_whatever_the_budget_becomes(
      @ForAll("terms") Terms first, @ForAll("steps") List<Step> steps) throws Exception {
    redis.send(Command.FLUSHALL);
    open.clear();
    terms[0] = first;
    terms[1] = first;
    used = 0;
    now = BEGIN;
    set(now);

    for (Step step : steps) {
      play(step);
    }
    while (!open.isEmpty()) {
      settle(0, open.keySet().iterator().next(), 7);
    }

    assertCharged(write(0, Entry.read(KEY)));
  }

  @Provide
  static Arbitrary<Terms> terms() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 300),
            Arbitraries.longs().between(0, 60),
            Arbitraries.longs().between(0, 30),
            Arbitraries.of(0L, 1L, 2L, 24L))
        .as(Terms::new);
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> nodes = Arbitraries.of(0, 1);
    Arbitrary<Long> counts = Arbitraries.longs().between(1, 70);
    Arbitrary<Step> edits = Combinators.combine(nodes, terms()).as(Step.Edit::new);
    Arbitrary<Step> reserves = Combinators.combine(nodes, counts).as(Step.Reserve::new);
    Arbitrary<Step> ends =
        Combinators.combine(nodes, Arbitraries.integers().between(0, 9), counts)
            .as(Step.Settle::new);
    Arbitrary<Step> grants =
        Combinators.combine(nodes, counts, Arbitraries.of(0L, 1L, 3L)).as(Step.Grant::new);
    return Arbitraries.frequencyOf(
            Tuple.of(3, edits),
            Tuple.of(6, reserves),
            Tuple.of(4, ends),
            Tuple.of(1, grants),
            Tuple.of(3, Arbitraries.longs().between(1, 100).map(Step.Pass::new)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(25);
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Edit edit -> terms[edit.node()] = edit.terms();
      case Step.Reserve reserve -> {
        String id = "r" + ++asked;
        Line line = write(reserve.node(), Entry.reserve(KEY, id, reserve.estimate()));
        if (line.isTaken()) {
          assertThat(line.tokens()).isBetween(1L, reserve.estimate());
          open.put(id, new Open(line.tokens()));
        }
      }
      case Step.Settle settle -> {
        if (!open.isEmpty()) {
          settle(
              settle.node(),
              List.copyOf(open.keySet()).get(settle.which() % open.size()),
              settle.used());
        }
      }
      case Step.Grant grant ->
          write(
              grant.node(),
              Entry.grant(KEY, grant.tokens(), grant.hours() == 0 ? 0 : now + grant.hours() * HOUR)
                  .noted(Note.by("admin token")));
      case Step.Pass pass -> pass(pass.minutes() * 60_000);
    }
  }

  /** Renewals keep holds alive; between two of them no lease ends. */
  private void pass(long millis) throws Exception {
    set(now + millis);
    for (Map.Entry<String, Open> one : open.entrySet()) {
      write(0, Entry.renew(KEY, one.getKey(), 0, one.getValue().tokens()));
    }
  }

  /** Delivered twice, by either node. */
  private void settle(int node, String id, long tokens) throws Exception {
    open.remove(id);
    write(node, Entry.settle(KEY, id, tokens, 0));
    write(1 - node, Entry.settle(KEY, id, tokens, 0));
    used += tokens;
  }

  private void assertCharged(Line last) throws Exception {
    AuditTrail.Entries trail = (AuditTrail.Entries) redis.on(() -> ledger.audit(KEY, 1000));
    long added = trail.entries().stream().mapToLong(AuditTrail.Entry::tokens).sum();
    long paid = trail.entries().stream().mapToLong(BudgetEditPropertyTest::paid).sum();
    assertThat(last.held()).isZero();
    if (trail.entries().isEmpty()) {
      return;
    }
    assertThat(added - last.balanceOrZero())
        .as("charged, of %d used and %d paid at the ends of periods", used, paid)
        .isBetween(used - paid, used);
  }

  private static long paid(AuditTrail.Entry entry) {
    Matcher held = PAID.matcher(entry.why());
    return held.find() ? Long.parseLong(held.group(1)) : 0;
  }

  private void set(long millis) throws Exception {
    now = millis;
    redis.send(Command.SET, TestClock.KEY, Long.toString(millis));
  }

  private Line write(int node, Entry entry) throws Exception {
    return redis.write(ledger, entry.on(terms[node].text()));
  }
}
