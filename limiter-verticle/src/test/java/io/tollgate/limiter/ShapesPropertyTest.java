package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** The scripts on a real Redis against each shape's {@link CounterModel}, by a clock of our own. */
class ShapesPropertyTest {
  private static final long PERIOD = 60_000;
  private static final long BEGIN = 1_700_000_000_123L;
  private static final long LEASE = 20_000;
  private static final CounterTimes TIMES =
      new CounterTimes(Duration.ofMillis(LEASE), Duration.ofDays(30), Duration.ofDays(30));
  private static final int REQUESTS = 6;

  /** A way of counting: what is asked of the scripts, and what is expected of them. */
  enum Shape {
    SLIDING(Algorithm.SLIDING_WINDOW, 100, 100),
    BUCKET(Algorithm.TOKEN_BUCKET, 100, 70),
    QUICK_BUCKET(Algorithm.TOKEN_BUCKET, 7_000_000, 900),
    LEAKY(Algorithm.LEAKY_BUCKET, 90, 2),
    CONCURRENT(Algorithm.CONCURRENCY, 3, 3);

    final LimitTerms terms;

    Shape(Algorithm algorithm, long amount, long burst) {
      this.terms =
          algorithm == Algorithm.CONCURRENCY
              ? LimitTerms.concurrent(amount)
              : new LimitTerms(algorithm, Period.ofSeconds(60), Count.TOTAL, amount, burst);
    }

    CounterModel model() {
      return switch (terms.algorithm()) {
        case SLIDING_WINDOW -> new SlidingModel(PERIOD, PERIOD / 30);
        case TOKEN_BUCKET, LEAKY_BUCKET -> new BucketModel(terms.amount(), PERIOD, BEGIN);
        default -> new ConcurrencyModel();
      };
    }
  }

  /** One thing that happens; requests are numbered, and a settled one makes room for another. */
  sealed interface Step {
    record Pass(long millis) implements Step {}

    record Admit(List<Integer> requests, long estimate, boolean strict) implements Step {}

    record Settle(int request, long used) implements Step {}

    record Renew(int request, long soFar) implements Step {}

    record Write(long used) implements Step {}

    record Delete() implements Step {}
  }

  /** What was admitted when, and what it has used in the end. */
  private record Use(long at, long tokens) {}

  private static Path directory;
  private static RedisFixture redis;
  private static ScriptClock clock;
  private static CounterStore store;

  private final Map<Integer, String> names = new HashMap<>();
  private final Map<String, LimitHold> holds = new HashMap<>();
  private Shape shape = Shape.BUCKET;
  private CounterModel model = shape.model();
  private ModelledRequests requests = new ModelledRequests(model, LEASE);
  private int named;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("shapes");
    redis = RedisFixture.start(directory);
    clock = new ScriptClock(redis);
    store =
        new CounterStore(
            redis.link, new CounterNames(KnownKeys.of(List.of())), TIMES, ScriptClock.scripts());
  }

  @AfterContainer
  static void stop() throws Exception {
    redis.close();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED)
  void each_shape_counts_as_its_model_does(@ForAll Shape some, @ForAll("steps") List<Step> steps)
      throws Exception {
    begin(some);
    for (Step step : steps) {
      play(step);
    }
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void no_interval_sees_more_than_its_shape_allows(
      @ForAll Shape some, @ForAll("steps") List<Step> steps) throws Exception {
    begin(some);
    List<Use> uses = new ArrayList<>();
    Map<String, Long> admitted = new HashMap<>();
    for (Step step : steps) {
      switch (step) {
        case Step.Settle settle -> {
          // Nobody uses more than is held, and no lease runs out: what is told is what counts.
          String name = name(settle.request());
          if (holds.containsKey(name)) {
            long used = Math.min(settle.used(), holds.get(name).tokens());
            uses.add(new Use(admitted.get(name), used));
            play(new Step.Settle(settle.request(), used));
          }
        }
        case Step.Pass pass -> {
          for (int i = 0; i < REQUESTS; i++) {
            play(new Step.Renew(i, 0));
          }
          play(new Step.Pass(Math.min(pass.millis(), LEASE - 1)));
        }
        case Step.Admit admit -> {
          play(admit);
          holds.keySet().forEach(name -> admitted.putIfAbsent(name, clock.now()));
        }
        default -> {}
      }
    }
    holds.forEach((name, hold) -> uses.add(new Use(admitted.get(name), hold.tokens())));
    if (shape != Shape.CONCURRENT) {
      for (Use first : uses) {
        for (Use last : uses) {
          assertBounded(uses, first.at(), last.at());
        }
      }
    }
  }

  private void assertBounded(List<Use> uses, long from, long to) {
    long length = to - from;
    boolean sliding = shape == Shape.SLIDING;
    if (length < 0 || (sliding && length >= PERIOD)) {
      return;
    }
    long sum =
        uses.stream()
            .filter(use -> use.at() >= from && use.at() <= to)
            .mapToLong(Use::tokens)
            .sum();
    long allowed = shape.terms.capacity() + (sliding ? 0 : length * shape.terms.amount() / PERIOD);
    assertThat(sum).isLessThanOrEqualTo(allowed);
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> request = Arbitraries.integers().between(0, REQUESTS - 1);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, 80);
    // A hold of nothing leaves an empty bucket empty, which is over then.
    Arbitrary<Long> estimate = Arbitraries.longs().between(1, 80);
    Arbitrary<Long> millis =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 50),
            Arbitraries.longs().between(1, 5_000),
            Arbitraries.longs().between(1, 2 * PERIOD));
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(
                10,
                Combinators.combine(
                        request.list().uniqueElements().ofMinSize(1).ofMaxSize(3),
                        estimate,
                        Arbitraries.of(false, false, true))
                    .as(Step.Admit::new)),
            Tuple.of(8, Combinators.combine(request, tokens).as(Step.Settle::new)),
            Tuple.of(4, Combinators.combine(request, tokens).as(Step.Renew::new)),
            Tuple.of(10, millis.map(Step.Pass::new)),
            Tuple.of(1, tokens.map(Step.Write::new)),
            Tuple.of(1, Arbitraries.create(Step.Delete::new)))
        .list()
        .ofMaxSize(30);
  }

  private void begin(Shape some) throws Exception {
    redis.send(Command.FLUSHALL);
    clock.set(BEGIN);
    shape = some;
    model = some.model();
    requests = new ModelledRequests(model, LEASE);
    names.clear();
    holds.clear();
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Pass pass -> clock.pass(pass.millis());
      case Step.Admit admit -> admit(admit);
      case Step.Settle settle -> settle(settle);
      case Step.Renew renew -> renew(renew);
      case Step.Write write -> {
        String found = redis.get(counter());
        if (found != null && !found.equals(Long.toString(write.used())) && write.used() > 0) {
          redis.send(Command.SET, counter(), Long.toString(write.used()));
          // What another program writes counts from when it is seen.
          redis.on(() -> store.reap(List.of("60000 " + counter())));
          model.write(write.used(), clock.now());
          requests.sweep(clock.now());
        }
      }
      case Step.Delete delete -> {
        redis.send(Command.DEL, counter());
        model.clear(clock.now());
        clock.pass(1);
      }
    }
  }

  private void admit(Step.Admit admit) throws Exception {
    Limit limit = limit(admit.strict());
    List<String> asking =
        admit.requests().stream().map(this::name).filter(this::mayBeAskedFor).toList();
    Estimate estimate = new Estimate(admit.estimate(), 0);
    List<List<LimitOutcome.Of>> answers =
        redis.on(
            () -> {
              var all =
                  asking.stream()
                      .map(id -> new AdmitCall.Question(id, estimate, List.of(limit)))
                      .map(store::admit)
                      .toList();
              return Future.all(all).map(done -> all.stream().map(Future::result).toList());
            });
    for (int i = 0; i < asking.size(); i++) {
      expect(asking.get(i), limit, estimate, answers.get(i).getFirst().outcome());
    }
  }

  private void expect(String id, Limit limit, Estimate estimate, LimitOutcome outcome) {
    long now = clock.now();
    requests.sweep(now);
    long needs = limit.needs(estimate);
    long capacity = limit.capacity();
    if (!requests.knows(id) && capacity - model.countedAt(now) < needs) {
      LimitOutcome.Spent spent = (LimitOutcome.Spent) outcome;
      assertThat(spent.used() + spent.held()).isEqualTo(counted());
      assertThat(spent.held()).isEqualTo(Math.min(counted(), model.heldAt(now)));
      assertThat(spent.waitMillis()).isEqualTo(model.wait(Math.max(0, capacity - needs), now));
      return;
    }
    if (!requests.knows(id)) {
      requests.take(id, limit.asks(estimate), capacity, now);
    }
    LimitOutcome.Taken taken = (LimitOutcome.Taken) outcome;
    holds.putIfAbsent(id, taken.hold());
    assertThat(taken.used() + taken.held()).isEqualTo(counted());
    assertThat(taken.held()).isEqualTo(Math.min(counted(), model.heldAt(now)));
  }

  /**
   * As it is told: another program's number, less what was billed too much, may be below nothing.
   */
  private long counted() {
    return Math.max(0, model.countedAt(clock.now()));
  }

  private void settle(Step.Settle settle) throws Exception {
    String id = name(settle.request());
    LimitHold hold = holds.remove(id);
    if (hold == null) {
      return;
    }
    long used = shape == Shape.CONCURRENT ? 0 : settle.used();
    var question = new SettleCall.Question(id, 0, List.of(hold), each -> used);
    redis.on(() -> Future.all(store.settle(question), store.settle(question)));
    requests.settle(id, used, clock.now());
    names.remove(settle.request());
    long counted = model.countedAt(clock.now());
    if (counted > 0 && shape != Shape.CONCURRENT) {
      assertThat(redis.get(counter()))
          .isEqualTo(Long.toString(Math.max(0, counted - model.heldAt(clock.now()))));
    }
  }

  private void renew(Step.Renew renew) throws Exception {
    String id = name(renew.request());
    LimitHold hold = holds.get(id);
    if (hold == null) {
      return;
    }
    TokenUsage soFar = TokenUsage.of(renew.soFar(), 0);
    List<Long> left = redis.on(() -> store.renew(new RenewCall.Question(id, soFar, List.of(hold))));
    requests.renew(id, shape == Shape.CONCURRENT ? 0 : renew.soFar(), clock.now());
    long others = model.countedAt(clock.now()) - requests.grown(id, clock.now());
    assertThat(left.getFirst()).isEqualTo(shape.terms.capacity() - others);
  }

  /** Nobody repeats an admission when its lease may have run out. */
  private boolean mayBeAskedFor(String id) {
    return !requests.knows(id) || requests.window(id) + LEASE > clock.now();
  }

  private String name(int request) {
    return names.computeIfAbsent(request, some -> "r" + named++);
  }

  private Limit limit(boolean strict) {
    LimitBlock block = Blocks.block("r", shape.terms);
    LimitKey key = new LimitKey("r", LimitType.GLOBAL_THRESHOLD, shape.terms.label(), "", null);
    return new Limit(
        key,
        counter(),
        shape.terms,
        Rate.usual(List.of(shape.terms)),
        strict ? Blocks.strict(block) : block);
  }

  private String counter() {
    return "higress-token-ratelimit:r:global_threshold:" + shape.terms.label();
  }
}
