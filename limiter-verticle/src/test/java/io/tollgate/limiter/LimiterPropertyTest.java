package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.route;
import static io.tollgate.limiter.Blocks.strict;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.tollgate.contract.share.NodeParts;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** The scripts on a real Redis against {@link CounterModel}, on a lenient and a strict counter. */
class LimiterPropertyTest {
  private static final List<String> IDS = List.of("a", "b", "c", "d", "e", "f");
  private static final List<String> COUNTERS =
      List.of(
          "higress-token-ratelimit:lenient:limit_by_per_consumer:3600:x-mse-consumer:bob",
          "higress-token-ratelimit:strict:limit_by_per_header:3600:x-tier:gold");

  record Ask(String id, long estimate) {
    /** By id: two go by the lenient counter, two by the strict one, two by both. */
    boolean goesBy(int counter) {
      return "ef".contains(id) || (counter == 0 ? "ab" : "cd").contains(id);
    }
  }

  record Bill(String id, long tokens) {}

  /** One thing that happens. What is in a list arrives at the same time. */
  sealed interface Step {
    record Admit(List<Ask> asks) implements Step {}

    record Settle(List<Bill> bills) implements Step {}

    record Renew(String id, long stamp) implements Step {}

    record NodeDies(String id) implements Step {}

    record WindowEnds(int counter) implements Step {}

    record SetFromOutside(int counter, long used) implements Step {}
  }

  /** What a request was told that it holds, on each counter that it goes by. */
  record Memory(List<LimitHold> holds, Map<Integer, CounterModel.Hold> model) {}

  private static Path directory;
  private static RedisFixture redis;
  private static RedisLimiter limiter;

  private List<CounterModel> models = List.of();
  private final Map<String, Memory> memories = new HashMap<>();

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("limiter");
    redis = RedisFixture.start(directory);
    KnownKeys keys = KnownKeys.of(List.of());
    limiter =
        new RedisLimiter(
            new LimitRules(
                List.of(
                    route(
                        "chat",
                        block("lenient", rule(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", 100)),
                        strict(block("strict", rule(LIMIT_BY_PER_HEADER, "x-tier", 60))))),
                keys),
            new Outages(redis.meters),
            new StandIn(new NodeParts(), () -> 1),
            Map.of(StoreConfig.NODE, new CounterStore(redis.link, new CounterNames(keys))));
  }

  @AfterContainer
  static void stop() throws Exception {
    redis.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(LimiterPropertyTest::delete);
    }
  }

  @BeforeTry
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
    models = List.of(new CounterModel(100, false), new CounterModel(60, true));
    memories.clear();
  }

  @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
  void counts_as_the_model_does_whatever_happens_in_whatever_order(
      @ForAll("steps") List<Step> steps) throws Exception {
    for (Step step : steps) {
      play(step);
      compareCounters(step);
    }
    for (String id : IDS) {
      play(new Step.Settle(List.of(new Bill(id, 7), new Bill(id, 7))));
    }
    compareCounters("all settled");
    assertThat(models).extracting(CounterModel::held).containsOnly(0L);
    for (String counter : COUNTERS) {
      assertThat(redis.send(Command.HKEYS, RedisFixture.holdsOf(counter)))
          .extracting(Response::toString)
          .isSubsetOf("state");
    }
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<String> ids = Arbitraries.of(IDS);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, 80);
    Arbitrary<Integer> counters = Arbitraries.of(0, 1);
    Arbitrary<Ask> asks = Combinators.combine(ids, tokens).as(Ask::new);
    Arbitrary<Bill> bills = Combinators.combine(ids, tokens).as(Bill::new);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(6, asks.list().ofMinSize(1).ofMaxSize(5).map(Step.Admit::new)),
            Tuple.of(4, bills.list().ofMinSize(1).ofMaxSize(4).map(Step.Settle::new)),
            Tuple.of(3, Combinators.combine(ids, tokens).as(Step.Renew::new)),
            Tuple.of(3, ids.map(Step.NodeDies::new)),
            Tuple.of(2, counters.map(Step.WindowEnds::new)),
            Tuple.of(1, Combinators.combine(counters, tokens).as(Step.SetFromOutside::new)))
        .list()
        .ofMaxSize(25);
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Admit admit -> admit(admit.asks());
      case Step.Settle settle -> settle(settle.bills());
      case Step.Renew renew -> {
        redis.on(
            () -> limiter.renew(Asks.open(renew.id(), renew.stamp(), memory(renew.id()).holds())));
        for (int counter : memory(renew.id()).model().keySet()) {
          models.get(counter).renew(renew.id(), renew.stamp());
        }
      }
      case Step.NodeDies dies -> {
        for (int counter = 0; counter < COUNTERS.size(); counter++) {
          redis.leaseRunsOut(COUNTERS.get(counter), dies.id());
          models.get(counter).endLease(dies.id());
        }
      }
      case Step.WindowEnds ends -> {
        redis.send(Command.DEL, COUNTERS.get(ends.counter()));
        models.get(ends.counter()).endWindow();
      }
      case Step.SetFromOutside set -> {
        if (models.get(set.counter()).running) {
          redis.send(Command.SET, COUNTERS.get(set.counter()), Long.toString(set.used()));
          models.get(set.counter()).used = set.used();
        }
      }
    }
  }

  private void admit(List<Ask> asks) throws Exception {
    List<Admission> answers = together(asks, ask -> limiter.admit(request(ask).ask()));
    for (int i = 0; i < asks.size(); i++) {
      expect(asks.get(i), answers.get(i));
    }
  }

  private void expect(Ask ask, Admission answer) {
    long estimate = Math.max(1, ask.estimate());
    List<Integer> counters = List.of(0, 1).stream().filter(ask::goesBy).toList();
    List<Integer> spent =
        counters.stream().filter(c -> !models.get(c).admits(ask.id(), estimate)).toList();
    if (!spent.isEmpty()) {
      CounterModel model = models.get(spent.getFirst());
      assertThat(answer)
          .as("%s", ask)
          .isInstanceOfSatisfying(
              Throttled.class,
              refusal -> {
                assertThat(refusal.limit()).isEqualTo(model.capacity);
                assertThat(refusal.used()).isEqualTo(model.used);
                assertThat(refusal.held()).isEqualTo(model.held());
              });
      return;
    }
    Map<Integer, CounterModel.Hold> taken = new HashMap<>();
    counters.forEach(c -> taken.put(c, models.get(c).take(ask.id(), estimate).told()));
    List<LimitHold> holds = ((Admitted) answer).holds();
    assertThat(holds)
        .as("%s", ask)
        .extracting(LimitHold::tokens)
        .containsExactlyElementsOf(counters.stream().map(c -> taken.get(c).tokens()).toList());
    memories.put(ask.id(), new Memory(holds, taken));
  }

  private void settle(List<Bill> bills) throws Exception {
    together(
        bills,
        bill -> limiter.settle(Asks.used(bill.id(), bill.tokens(), memory(bill.id()).holds())));
    for (Bill bill : bills) {
      memory(bill.id())
          .model()
          .forEach((counter, hold) -> models.get(counter).settle(bill.id(), bill.tokens(), hold));
    }
  }

  private void compareCounters(Object after) throws Exception {
    for (int i = 0; i < COUNTERS.size(); i++) {
      CounterModel model = models.get(i);
      String value = redis.get(COUNTERS.get(i));
      assertThat(value)
          .as("counter %s after %s", i, after)
          .isEqualTo(model.running ? Long.toString(model.used) : null);
      if (model.running) {
        assertThat(redis.held(COUNTERS.get(i)))
            .as("held on %s after %s", i, after)
            .isEqualTo(model.held());
      }
    }
  }

  private Memory memory(String id) {
    return memories.getOrDefault(id, new Memory(List.of(), Map.of()));
  }

  private static Asks request(Ask ask) {
    Asks asks = Asks.request(ask.id()).estimate(ask.estimate());
    asks = ask.goesBy(0) ? asks.by("bob") : asks;
    return ask.goesBy(1) ? asks.header("x-tier", "gold") : asks;
  }

  private static LimitItem rule(LimitType type, String keyName, long tokens) {
    return item(type, keyName, key("*", tokens, 3600));
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
