package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.quota.AccountChange.Note;
import io.vertx.redis.client.Command;
import java.util.List;
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

/** The script against {@link BudgetModel}: whatever happens in whatever order. */
class BudgetPropertyTest {
  private static final String KEY = "tollgate:quota:monthly:ann";
  private static final long HOUR = 3_600_000;
  private static final Note ADMIN = Note.by("admin token");

  /** One thing that happens to a budget. */
  sealed interface Step {
    record Reserve(String id, long estimate) implements Step {}

    record Settle(String id, long used) implements Step {}

    record Renew(String id, long used, long tokens) implements Step {}

    record Read() implements Step {}

    record Set(long tokens) implements Step {}

    record Add(long tokens) implements Step {}

    /** Expires after so many quarters of an hour and an eighth of one; never when negative. */
    record Grant(long tokens, int quarters) implements Step {}

    record SetFromOutside(long tokens) implements Step {}

    record NodeDies(String id) implements Step {}

    record Pass(int quarters) implements Step {}
  }

  /** What a budget is configured to. */
  record Terms(long amount, long carry, long overdraft) {
    static final List<Integer> LEVELS = List.of(25, 50, 100, 150);

    String text() {
      return "%d %d %d 0 %d 25,50,100,150".formatted(amount, carry, overdraft, HOUR);
    }
  }

  private static RunningRedis redis;
  private static Ledger ledger;
  private static int interleavings;
  private static int steps;

  @BeforeContainer
  static void start() throws Exception {
    redis = new RunningRedis();
    ledger = new Ledger(redis.link);
  }

  @AfterContainer
  static void stop() throws Exception {
    System.out.printf("budget: %d interleavings with %d steps%n", interleavings, steps);
    redis.close();
  }

  @Property(tries = 250, shrinking = ShrinkingMode.BOUNDED)
  void answers_as_the_model_does(@ForAll("terms") Terms terms, @ForAll("steps") List<Step> all)
      throws Exception {
    redis.send(Command.FLUSHALL);
    BudgetModel model =
        new BudgetModel(terms.amount(), terms.carry(), terms.overdraft(), HOUR, Terms.LEVELS);
    long began = now();
    interleavings++;

    for (Step step : all) {
      steps++;
      play(step, model, terms.text(), began);
      compare(write(Entry.read(KEY), terms.text()), model.read(), step);
    }
  }

  @Provide
  static Arbitrary<Terms> terms() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 120),
            Arbitraries.longs().between(0, 60),
            Arbitraries.longs().between(0, 30))
        .as(Terms::new);
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<String> ids = Arbitraries.of("a", "b", "c", "d");
    Arbitrary<Long> counts = Arbitraries.longs().between(0, 70);
    Arbitrary<Long> signed = Arbitraries.longs().between(-60, 200);
    Arbitrary<Step> reserve = Combinators.combine(ids, counts).as(Step.Reserve::new);
    Arbitrary<Step> settle = Combinators.combine(ids, counts).as(Step.Settle::new);
    Arbitrary<Step> renew = Combinators.combine(ids, counts, counts).as(Step.Renew::new);
    Arbitrary<Step> grant =
        Combinators.combine(
                Arbitraries.longs().between(1, 80), Arbitraries.integers().between(-1, 12))
            .as(Step.Grant::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, reserve),
            Tuple.of(5, settle),
            Tuple.of(3, renew),
            Tuple.of(1, Arbitraries.create(Step.Read::new)),
            Tuple.of(1, signed.map(Step.Set::new)),
            Tuple.of(1, signed.map(Step.Add::new)),
            Tuple.of(2, grant),
            Tuple.of(1, signed.map(Step.SetFromOutside::new)),
            Tuple.of(2, ids.map(Step.NodeDies::new)),
            Tuple.of(5, Arbitraries.integers().between(1, 11).map(Step.Pass::new)))
        .list()
        .ofMaxSize(18);
  }

  private static void play(Step step, BudgetModel model, String terms, long began)
      throws Exception {
    switch (step) {
      case Step.Reserve it ->
          compare(
              write(Entry.reserve(KEY, it.id(), it.estimate()), terms),
              model.reserve(it.id(), it.estimate()),
              step);
      case Step.Settle it ->
          compare(
              write(Entry.settle(KEY, it.id(), it.used(), 0), terms),
              model.settle(it.id(), it.used()),
              step);
      case Step.Renew it ->
          compare(
              write(Entry.renew(KEY, it.id(), it.used(), it.tokens()), terms),
              model.renew(it.id(), it.used(), it.tokens()),
              step);
      case Step.Read read -> {}
      case Step.Set it ->
          compare(
              write(Entry.set(KEY, it.tokens()).noted(ADMIN), terms), model.set(it.tokens()), step);
      case Step.Add it ->
          compare(
              write(Entry.add(KEY, it.tokens()).noted(ADMIN), terms), model.add(it.tokens()), step);
      case Step.Grant it -> {
        // Never at the end of a period, which the clock of Redis meets some time later.
        long after = it.quarters() * HOUR / 4 + HOUR / 8;
        boolean expires = it.quarters() >= 0;
        compare(
            write(Entry.grant(KEY, it.tokens(), expires ? began + after : 0).noted(ADMIN), terms),
            model.grant(it.tokens(), expires ? model.now() + after : BudgetModel.NEVER),
            step);
      }
      case Step.SetFromOutside it -> {
        redis.send(Command.SET, KEY, Long.toString(it.tokens()));
        model.writeFromOutside(it.tokens());
      }
      case Step.NodeDies it -> {
        redis.expire(KEY, it.id());
        model.die(it.id());
      }
      case Step.Pass it -> {
        redis.pass(KEY, it.quarters() * HOUR / 4);
        model.pass(it.quarters() * HOUR / 4);
      }
    }
  }

  private static void compare(Line answer, Line expected, Step step) {
    assertThat(
            new Line(
                answer.status(),
                answer.balance(),
                answer.held(),
                answer.tokens(),
                null,
                answer.amount(),
                answer.news()))
        .as("%s", step)
        .isEqualTo(expected);
  }

  private static Line write(Entry entry, String terms) throws Exception {
    return redis.write(ledger, entry.on(terms));
  }

  private static long now() throws Exception {
    return redis.on(() -> redis.link.send(Command.TIME)).get(0).toLong() * 1000;
  }
}
