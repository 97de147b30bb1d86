package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.arbitraries.ListArbitrary;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class LedgerPropertyTest {
  private static final String KEY = "chat_quota:user1";
  private static final List<String> IDS = List.of("a", "b", "c", "d", "e", "f");

  /** One thing that happens to the account. */
  sealed interface Step {
    /** These arrive while another call is under way, and so go together in one. */
    record Call(List<Entry> entries) implements Step {}

    record SetFromOutside(long tokens) implements Step {}

    record AddFromOutside(long tokens) implements Step {}

    record DeleteFromOutside() implements Step {}

    record NodeDies(String requestId) implements Step {}

    /** The same event from two nodes at once. */
    record SettleTwice(Entry event) implements Step {}

    record SettledIsForgotten() implements Step {}

    record DataIsLost() implements Step {}
  }

  private static RunningRedis redis;
  private static Ledger ledger;
  private static Ledger other;
  private static int interleavings;
  private static int steps;

  @BeforeContainer
  static void start() throws Exception {
    redis = new RunningRedis();
    ledger = new Ledger(redis.link);
    other = new Ledger(redis.anotherLink());
  }

  @AfterContainer
  static void stop() throws Exception {
    System.out.printf("quota: %d interleavings with %d steps%n", interleavings, steps);
    redis.close();
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void answers_as_the_model_does_whatever_happens_in_whatever_order(@ForAll("steps") List<Step> all)
      throws Exception {
    redis.send(Command.FLUSHALL);
    AccountModel model = new AccountModel();

    interleavings++;
    for (Step step : all) {
      steps++;
      play(step, model);
    }
    settleAll(model);

    assertThat(redis.write(ledger, Entry.read(KEY)))
        .isEqualTo(model.write(Entry.read(KEY)))
        .extracting(Line::held)
        .isEqualTo(0L);
    assertThat(redis.send(Command.HLEN, "{" + KEY + "}:holds")).isIn("0", "1");
  }

  @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
  void the_last_balance_is_what_was_there_less_every_request_once(
      @ForAll("entries") List<Entry> entries) throws Exception {
    redis.send(Command.FLUSHALL);
    redis.send(Command.SET, KEY, "1000");
    List<Entry> requests =
        entries.stream()
            .filter(e -> e.verb() != Entry.Verb.SET && e.verb() != Entry.Verb.ADD)
            .map(LedgerPropertyTest::inTime)
            .toList();

    redis.writeAll(ledger, requests);
    redis.writeAll(ledger, requests);
    redis.writeAll(ledger, IDS.stream().map(id -> Entry.settle(KEY, id, 0, 0)).toList());

    long used =
        IDS.stream()
            .mapToLong(
                id ->
                    requests.stream()
                        .filter(e -> e.verb() == Entry.Verb.SETTLE && e.requestId().equals(id))
                        .mapToLong(Entry::first)
                        .findFirst()
                        .orElse(0))
            .sum();
    assertThat(redis.write(ledger, Entry.read(KEY))).isEqualTo(new Line(false, 1000 - used, 0, 0));
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<Long> tokens = Arbitraries.longs().between(-50, 150);
    Arbitrary<Step> calls = entries().ofMinSize(1).map(Step.Call::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, calls),
            Tuple.of(1, tokens.map(Step.SetFromOutside::new)),
            Tuple.of(1, tokens.map(Step.AddFromOutside::new)),
            Tuple.of(1, Arbitraries.create(Step.DeleteFromOutside::new)),
            Tuple.of(4, Arbitraries.of(IDS).map(Step.NodeDies::new)),
            Tuple.of(1, settlements().map(Step.SettleTwice::new)),
            Tuple.of(1, Arbitraries.create(Step.SettledIsForgotten::new)),
            Tuple.of(1, Arbitraries.create(Step.DataIsLost::new)))
        .list()
        .ofMaxSize(15);
  }

  @Provide
  static ListArbitrary<Entry> entries() {
    Arbitrary<String> ids = Arbitraries.of(IDS);
    Arbitrary<Long> counts = Arbitraries.longs().between(0, 60);
    Arbitrary<Long> signed = Arbitraries.longs().between(-50, 150);
    return Arbitraries.oneOf(
            Combinators.combine(ids, counts).as((id, n) -> Entry.reserve(KEY, id, n)),
            settlements(),
            Combinators.combine(ids, counts, counts).as((id, n, m) -> Entry.renew(KEY, id, n, m)),
            Arbitraries.just(Entry.reap(KEY)),
            Arbitraries.just(Entry.read(KEY)),
            signed.map(n -> Entry.set(KEY, n)),
            signed.map(n -> Entry.add(KEY, n)))
        .list()
        .ofMaxSize(12);
  }

  /** Prompt, a day late, and of what was never held. */
  private static Arbitrary<Entry> settlements() {
    return Combinators.combine(
            Arbitraries.of(IDS),
            Arbitraries.longs().between(0, 60),
            Arbitraries.of(0L, 0L, AccountModel.LATE_MILLIS, Entry.NEVER_HELD))
        .as((id, tokens, age) -> Entry.settle(KEY, id, tokens, age));
  }

  private static void play(Step step, AccountModel model) throws Exception {
    switch (step) {
      case Step.Call call -> compare(call.entries(), model);
      case Step.SetFromOutside set -> {
        redis.send(Command.SET, KEY, Long.toString(set.tokens()));
        model.writeFromOutside(set.tokens());
      }
      case Step.AddFromOutside add -> {
        redis.send(Command.INCRBY, KEY, Long.toString(add.tokens()));
        model.writeFromOutside(model.balance() + add.tokens());
      }
      case Step.DeleteFromOutside delete -> {
        redis.send(Command.DEL, KEY);
        model.writeFromOutside(0);
      }
      case Step.SettleTwice twice -> {
        redis.on(() -> Future.all(ledger.write(twice.event()), other.write(twice.event())));
        model.write(twice.event());
        model.write(twice.event());
      }
      case Step.SettledIsForgotten forgotten -> {
        redis.forgetSettled(KEY);
        model.forgetSettled();
      }
      case Step.DataIsLost lost -> {
        redis.send(Command.FLUSHALL);
        model.loseEverything();
      }
      case Step.NodeDies dies -> {
        redis.expire(KEY, dies.requestId());
        model.die(dies.requestId());
      }
    }
  }

  private static Entry inTime(Entry entry) {
    return entry.verb() == Entry.Verb.SETTLE
        ? Entry.settle(KEY, entry.requestId(), entry.first(), 0)
        : entry;
  }

  private static void compare(List<Entry> entries, AccountModel model) throws Exception {
    List<Line> answers = redis.writeAll(ledger, entries);
    for (int i = 0; i < entries.size(); i++) {
      Line expected = model.write(entries.get(i));
      if (expected != null) {
        assertThat(answers.get(i)).as("%s", entries.get(i)).isEqualTo(expected);
      }
    }
  }

  private static void settleAll(AccountModel model) throws Exception {
    List<Entry> settlements = new ArrayList<>();
    IDS.forEach(id -> settlements.add(Entry.settle(KEY, id, 7, 0)));
    compare(settlements, model);
  }
}
