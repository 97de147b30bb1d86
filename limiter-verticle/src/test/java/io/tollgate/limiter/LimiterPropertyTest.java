package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.strict;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.HoldModel;
import io.tollgate.contract.hold.HoldModel.Hold;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.store.RedisLink;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
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
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * The scripts on a real Redis against {@link HoldModel}: two counters with a lenient and two with a
 * strict rule, of which one each is gone by at a time, and two nodes.
 */
class LimiterPropertyTest {
  private static final List<String> IDS = List.of("a", "b", "c", "d", "e", "f");
  private static final long LONG_AGO = Duration.ofDays(1).toMillis();

  /** What the rules say at a time. */
  enum Rules {
    HOURLY(3600, 100, 60),
    HOURLY_LESS(3600, 40, 20),
    HALF_HOURLY(1800, 80, 30);

    final long seconds;
    final long lenient;
    final long strict;

    Rules(long seconds, long lenient, long strict) {
      this.seconds = seconds;
      this.lenient = lenient;
      this.strict = strict;
    }

    String lenientCounter() {
      return "higress-token-ratelimit:lenient:limit_by_per_consumer:"
          + seconds
          + ":x-mse-consumer:bob";
    }

    String strictCounter() {
      return "higress-token-ratelimit:strict:limit_by_per_header:" + seconds + ":x-tier:gold";
    }

    LimitRules compiled() {
      return Limiters.rules(
          block(
              "lenient", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", lenient, seconds))),
          strict(block("strict", item(LIMIT_BY_PER_HEADER, "x-tier", key("*", strict, seconds)))));
    }
  }

  record Ask(String id, long estimate) {
    /** By id: two go by the lenient rule, two by the strict one, two by both. */
    boolean isLenient() {
      return "abef".contains(id);
    }

    boolean isStrict() {
      return "cdef".contains(id);
    }

    List<String> counters(Rules rules) {
      List<String> counters = new ArrayList<>();
      if (isLenient()) {
        counters.add(rules.lenientCounter());
      }
      if (isStrict()) {
        counters.add(rules.strictCounter());
      }
      return counters;
    }
  }

  /**
   * @param late whether it comes a day after the request ended
   */
  record Bill(String id, long tokens, boolean late) {}

  /** One thing that happens. What is in a list arrives at the same time. */
  sealed interface Step {
    record Admit(int node, List<Ask> asks) implements Step {}

    record Settle(int node, List<Bill> bills) implements Step {}

    /** The same event from two nodes at once. */
    record SettleTwice(Bill bill) implements Step {}

    record Renew(int node, String id, long stamp) implements Step {}

    record NodeDies(String id) implements Step {}

    record Sweep(int node) implements Step {}

    record BilledHoldsMove() implements Step {}

    record WindowEnds(String counter) implements Step {}

    record SetFromOutside(String counter, long used) implements Step {}

    record RulesChange(Rules rules) implements Step {}

    record SettledIsForgotten() implements Step {}

    record DataIsLost() implements Step {}
  }

  /** What a request was told that it holds, by counter, and by which rules. */
  record Memory(Rules rules, List<LimitHold> holds, Map<String, Hold> model) {
    static final Memory EMPTY = new Memory(Rules.HOURLY, List.of(), Map.of());
  }

  private static Path directory;
  private static RedisFixture redis;
  private static List<CounterStore> nodes;
  private static int interleavings;
  private static int steps;

  private final Map<String, HoldModel> models = new TreeMap<>();
  private final Map<String, Memory> memories = new HashMap<>();
  private final Set<String> moved = new HashSet<>();
  private Rules rules = Rules.HOURLY;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("limiter");
    redis = RedisFixture.start(directory);
    CounterNames names = new CounterNames(KnownKeys.of(List.of()));
    RedisLink other = redis.anotherLink();
    nodes = List.of(new CounterStore(redis.link, names), new CounterStore(other, names));
  }

  @AfterContainer
  static void stop() throws Exception {
    System.out.printf("limiter: %d interleavings with %d steps%n", interleavings, steps);
    redis.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(LimiterPropertyTest::delete);
    }
  }

  @BeforeTry
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
    models.clear();
    for (Rules each : Rules.values()) {
      models.put(each.lenientCounter(), new HoldModel());
      models.put(each.strictCounter(), new HoldModel());
    }
    memories.clear();
    moved.clear();
    rules = Rules.HOURLY;
  }

  @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
  void counts_as_the_model_does_whatever_happens_in_whatever_order(@ForAll("steps") List<Step> all)
      throws Exception {
    interleavings++;
    for (Step step : all) {
      steps++;
      play(step);
      compareCounters(step);
    }
    for (String id : IDS) {
      play(new Step.Settle(0, List.of(new Bill(id, 7, false), new Bill(id, 7, false))));
    }
    compareCounters("all settled");
    play(new Step.Sweep(0));
    for (String counter : models.keySet()) {
      assertThat(models.get(counter).held()).isZero();
      assertThat(redis.send(Command.HKEYS, RedisFixture.holdsOf(counter)))
          .extracting(Response::toString)
          .isSubsetOf("state");
    }
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<String> ids = Arbitraries.of(IDS);
    Arbitrary<Integer> node = Arbitraries.of(0, 1);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, 80);
    Arbitrary<Boolean> late = Arbitraries.of(false, false, true);
    Arbitrary<String> counters =
        Arbitraries.of(Rules.class)
            .flatMap(some -> Arbitraries.of(some.lenientCounter(), some.strictCounter()));
    Arbitrary<Ask> asks = Combinators.combine(ids, tokens).as(Ask::new);
    Arbitrary<Bill> bills = Combinators.combine(ids, tokens, late).as(Bill::new);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(
                8,
                Combinators.combine(node, asks.list().ofMinSize(1).ofMaxSize(5))
                    .as(Step.Admit::new)),
            Tuple.of(
                5,
                Combinators.combine(node, bills.list().ofMinSize(1).ofMaxSize(4))
                    .as(Step.Settle::new)),
            Tuple.of(2, bills.map(Step.SettleTwice::new)),
            Tuple.of(5, Combinators.combine(node, ids, tokens).as(Step.Renew::new)),
            Tuple.of(5, ids.map(Step.NodeDies::new)),
            Tuple.of(3, node.map(Step.Sweep::new)),
            Tuple.of(1, Arbitraries.create(Step.BilledHoldsMove::new)),
            Tuple.of(2, counters.map(Step.WindowEnds::new)),
            Tuple.of(1, Combinators.combine(counters, tokens).as(Step.SetFromOutside::new)),
            Tuple.of(1, Arbitraries.of(Rules.class).map(Step.RulesChange::new)),
            Tuple.of(1, Arbitraries.create(Step.SettledIsForgotten::new)),
            Tuple.of(1, Arbitraries.create(Step.DataIsLost::new)))
        .list()
        .ofMaxSize(30);
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Admit admit -> admit(admit);
      case Step.Settle settle -> settle(settle.bills(), List.of(settle.node()));
      case Step.SettleTwice settle -> settle(List.of(settle.bill()), List.of(0, 1));
      case Step.Renew renew -> {
        Memory memory = memory(renew.id());
        redis.on(
            () ->
                limiter(renew.node())
                    .renew(Asks.open(renew.id(), renew.stamp(), told(renew.id()))));
        memory.model().forEach((c, hold) -> models.get(c).renew(renew.id(), renew.stamp(), hold));
      }
      case Step.NodeDies dies -> {
        for (String counter : memory(dies.id()).model().keySet()) {
          redis.leaseRunsOut(counter, dies.id(), "held");
          models.get(counter).leaseRunsOut(dies.id());
        }
      }
      case Step.Sweep sweep -> {
        redis.on(() -> nodes.get(sweep.node()).reap(members()));
        models.values().forEach(HoldModel::sweep);
      }
      case Step.BilledHoldsMove moves -> {
        for (String id : IDS) {
          for (String counter : memory(id).model().keySet()) {
            if (redis.leaseRunsOut(counter, id, "billed")) {
              moved.add(id);
            }
          }
        }
        play(new Step.Sweep(0));
      }
      case Step.WindowEnds ends -> {
        redis.send(Command.DEL, ends.counter());
        models.get(ends.counter()).endWindow();
      }
      case Step.SetFromOutside set -> {
        if (models.get(set.counter()).running()) {
          redis.send(Command.SET, set.counter(), Long.toString(set.used()));
          models.get(set.counter()).write(set.used());
        }
      }
      case Step.RulesChange change -> rules = change.rules();
      case Step.SettledIsForgotten forgotten -> {
        redis.deleteAll("*:settled:*");
        models.values().forEach(HoldModel::forgetSettled);
      }
      case Step.DataIsLost lost -> {
        redis.send(Command.FLUSHALL);
        redis.nextMillisecond();
        models.values().forEach(HoldModel::loseEverything);
      }
    }
  }

  private void admit(Step.Admit admit) throws Exception {
    List<Ask> asks = admit.asks().stream().filter(this::mayCome).toList();
    RedisLimiter limiter = limiter(admit.node());
    List<Admission> answers = together(asks, ask -> limiter.admit(request(ask).ask()));
    for (int i = 0; i < asks.size(); i++) {
      expect(asks.get(i), answers.get(i));
    }
  }

  /**
   * An admission is not repeated under other rules, nor so late that its first hold has been billed
   * and has moved on.
   */
  private boolean mayCome(Ask ask) {
    boolean isNew = !memories.containsKey(ask.id());
    return isNew || (memory(ask.id()).rules() == rules && !moved.contains(ask.id()));
  }

  private void expect(Ask ask, Admission answer) {
    long estimate = Math.max(1, ask.estimate());
    List<String> counters = ask.counters(rules);
    List<String> spent =
        counters.stream()
            .filter(c -> !models.get(c).admits(ask.id(), estimate, capacity(c), isStrict(c)))
            .toList();
    if (!spent.isEmpty()) {
      HoldModel model = models.get(spent.getFirst());
      assertThat(answer)
          .as("%s", ask)
          .isInstanceOfSatisfying(
              Throttled.class,
              refusal -> {
                assertThat(refusal.limit()).isEqualTo(capacity(spent.getFirst()));
                // Of what is less than nothing, as much is not told as held.
                assertThat(refusal.used()).isEqualTo(Math.max(0, model.used()));
                assertThat(refusal.held())
                    .isEqualTo(Math.max(0, model.held() + Math.min(0, model.used())));
              });
      return;
    }
    Map<String, Hold> taken = new HashMap<>();
    counters.forEach(c -> taken.put(c, models.get(c).take(ask.id(), estimate, capacity(c))));
    List<LimitHold> holds = ((Admitted) answer).holds();
    assertThat(holds)
        .as("%s", ask)
        .extracting(LimitHold::tokens)
        .containsExactlyElementsOf(counters.stream().map(c -> taken.get(c).tokens()).toList());
    memories.put(ask.id(), new Memory(rules, holds, taken));
  }

  private void settle(List<Bill> bills, List<Integer> through) throws Exception {
    redis.on(
        () -> {
          List<Future<Acknowledged>> all = new ArrayList<>();
          for (int node : through) {
            bills.forEach(bill -> all.add(limiter(node).settle(event(bill))));
          }
          return Future.all(all);
        });
    for (Bill bill : bills) {
      memory(bill.id())
          .model()
          .forEach((c, hold) -> models.get(c).settle(bill.id(), bill.tokens(), hold, bill.late()));
    }
  }

  private UsageEvent event(Bill bill) {
    return Asks.ended(
        System.currentTimeMillis() - (bill.late() ? LONG_AGO : 0),
        bill.id(),
        bill.tokens(),
        told(bill.id()));
  }

  /** A window that ends here does so before its time, so what was taken in it is told as old. */
  private List<LimitHold> told(String id) {
    Memory memory = memory(id);
    List<LimitHold> told = new ArrayList<>();
    for (LimitHold hold : memory.holds()) {
      String counter =
          memory.model().keySet().stream()
              .filter(each -> isStrict(each) == hold.key().ruleName().equals("strict"))
              .findFirst()
              .orElseThrow();
      boolean over = models.get(counter).isOver(memory.model().get(counter));
      told.add(
          over ? new LimitHold(hold.store(), hold.key(), hold.terms(), "1", hold.tokens()) : hold);
    }
    return told;
  }

  private void compareCounters(Object after) throws Exception {
    List<String> found =
        redis.sendEach(Command.GET, models.keySet().stream().map(List::of).toList());
    List<String> states =
        redis.sendEach(
            Command.HGET,
            models.keySet().stream().map(c -> List.of(RedisFixture.holdsOf(c), "state")).toList());
    int i = 0;
    for (Map.Entry<String, HoldModel> each : models.entrySet()) {
      HoldModel model = each.getValue();
      String state = states.get(i);
      assertThat(found.get(i++))
          .as("%s after %s", each.getKey(), after)
          .isEqualTo(model.running() ? Long.toString(model.used()) : null);
      if (model.running() && (state != null || model.held() > 0)) {
        assertThat(RedisFixture.heldIn(state))
            .as("held on %s after %s", each.getKey(), after)
            .isEqualTo(model.held());
      }
    }
  }

  private List<String> members() {
    return models.keySet().stream()
        .map(counter -> (counter.contains(":3600:") ? "3600 " : "1800 ") + counter)
        .toList();
  }

  private long capacity(String counter) {
    return isStrict(counter) ? rules.strict : rules.lenient;
  }

  private static boolean isStrict(String counter) {
    return counter.contains(":strict:");
  }

  private Memory memory(String id) {
    return memories.getOrDefault(id, Memory.EMPTY);
  }

  private RedisLimiter limiter(int node) {
    return Limiters.limiter(redis, rules.compiled(), nodes.get(node));
  }

  private static Asks request(Ask ask) {
    Asks asks = Asks.request(ask.id()).estimate(ask.estimate());
    asks = ask.isLenient() ? asks.by("bob") : asks;
    return ask.isStrict() ? asks.header("x-tier", "gold") : asks;
  }

  /** Submits all before the first is answered, so that most of them share one script call. */
  private static <Q, A> List<A> together(List<Q> questions, Function<Q, Future<A>> service)
      throws Exception {
    return redis.on(
        () -> {
          List<Future<A>> all = questions.stream().map(service).toList();
          return Future.all(all).map(done -> all.stream().map(Future::result).toList());
        });
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
