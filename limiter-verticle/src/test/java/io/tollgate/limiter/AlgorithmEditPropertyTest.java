package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.redis.client.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
import org.jspecify.annotations.Nullable;

/**
 * Requests of nodes that go by different algorithms on one counter, as while an edit reaches one
 * after the other, there and back. Within a period nothing leaves a window, so what is counted is
 * what was used and is held, less at most what buckets let run off. More it is only by what a
 * bucket does not give back of a hold, as that has run off.
 */
class AlgorithmEditPropertyTest {
  private static final String COUNTER = "higress-token-ratelimit:r:global_threshold:3600";
  private static final long HOUR = 3_600_000;
  private static final long BEGIN = 1_700_000_000_000L / HOUR * HOUR + 1;
  private static final long CAPACITY = 300;
  private static final long MOST_AMOUNT = 240;

  /** No lease runs out. */
  private static final CounterTimes TIMES =
      new CounterTimes(Duration.ofHours(2), Duration.ofHours(2), Duration.ofDays(1));

  /** What the rule is on some node. */
  enum Rule {
    FIXED(Algorithm.FIXED_WINDOW, null, CAPACITY),
    CALENDAR(Algorithm.FIXED_WINDOW, "UTC", CAPACITY),
    SLIDING(Algorithm.SLIDING_WINDOW, null, CAPACITY),
    TOKEN_BUCKET(Algorithm.TOKEN_BUCKET, null, MOST_AMOUNT),
    LEAKY_BUCKET(Algorithm.LEAKY_BUCKET, null, 120);

    private final LimitTerms terms;

    Rule(Algorithm algorithm, @Nullable String zone, long amount) {
      this.terms =
          new LimitTerms(algorithm, new Period(1, Unit.HOUR, zone), Count.TOTAL, amount, CAPACITY);
    }

    boolean runsOff() {
      return this == TOKEN_BUCKET || this == LEAKY_BUCKET;
    }
  }

  /** One thing that happens. */
  sealed interface Step {
    /** A request comes to a node that goes by this rule. */
    record Ask(Rule rule, long estimate) implements Step {}

    /** An open request says what it has used so far. */
    record Renew(int which, long soFar) implements Step {}

    /** An open request ends. */
    record End(int which, long used) implements Step {}

    record Pass(long millis) implements Step {}
  }

  /** An open request. */
  private static final class Open {
    private final LimitHold hold;
    private long held;

    Open(LimitHold hold) {
      this.hold = hold;
      this.held = hold.tokens();
    }
  }

  private static Path directory;
  private static RedisFixture redis;
  private static ScriptClock clock;
  private static CounterStore store;

  private final Map<String, Open> open = new LinkedHashMap<>();
  private long used;
  private boolean ranOff;
  private boolean inBucket;

  private long bucketSince;

  /**
   * What may be counted beyond what was used: of each hold that is settled in a bucket what has run
   * off of it, and a part of a token where a bucket becomes a window.
   */
  private long surplus;

  private int asked;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("algorithms");
    redis = RedisFixture.start(directory);
    clock = new ScriptClock(redis);
    store =
        new CounterStore(
            redis.link,
            new CounterNames(KnownKeys.of(List.of())),
            TIMES.by(() -> Instant.ofEpochMilli(clock.now())),
            ScriptClock.scripts());
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

  @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
  void what_is_used_and_held_is_never_lost_and_never_counts_twice(@ForAll("steps") List<Step> steps)
      throws Exception {
    redis.send(Command.FLUSHALL);
    clock.set(BEGIN);
    open.clear();
    used = 0;
    ranOff = false;
    inBucket = false;
    surplus = 0;

    for (Step step : steps) {
      switch (step) {
        case Step.Ask ask -> ask(ask);
        case Step.Renew renew -> renew(renew);
        case Step.End end -> end(end);
        case Step.Pass pass -> clock.pass(pass.millis());
      }
    }
    while (!open.isEmpty()) {
      end(new Step.End(0, 7));
    }
    for (Rule rule : Rule.values()) {
      ask(new Step.Ask(rule, 1));
    }
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> which = Arbitraries.integers().between(0, 9);
    Arbitrary<Step> asks =
        Combinators.combine(Arbitraries.of(Rule.class), Arbitraries.longs().between(1, 60))
            .as(Step.Ask::new);
    Arbitrary<Step> renewals =
        Combinators.combine(which, Arbitraries.longs().between(0, 80)).as(Step.Renew::new);
    Arbitrary<Step> ends =
        Combinators.combine(which, Arbitraries.longs().between(0, 80)).as(Step.End::new);
    Arbitrary<Step> passes = Arbitraries.longs().between(1, 170_000).map(Step.Pass::new);
    return Arbitraries.frequencyOf(
            Tuple.of(5, asks), Tuple.of(1, renewals), Tuple.of(3, ends), Tuple.of(3, passes))
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  private void ask(Step.Ask ask) throws Exception {
    LimitTerms terms = ask.rule().terms;
    LimitKey key = new LimitKey("r", LimitType.GLOBAL_THRESHOLD, terms.label(), "", null);
    Limit limit =
        new Limit(key, COUNTER, terms, Rate.usual(List.of(terms)), Blocks.block("r", terms));
    String id = "r" + ++asked;
    ranOff |= ask.rule().runsOff();
    surplus += inBucket && !ask.rule().runsOff() ? 1 : 0;
    bucketSince = inBucket ? bucketSince : clock.now();
    inBucket = ask.rule().runsOff();
    LimitOutcome outcome =
        redis
            .on(
                () ->
                    store.admit(
                        new AdmitCall.Question(
                            id, new Estimate(ask.estimate(), 0), List.of(limit))))
            .getFirst()
            .outcome();
    switch (outcome) {
      case LimitOutcome.Taken taken -> {
        open.put(id, new Open(taken.hold()));
        assertCounted(taken.used() + taken.held(), ask);
        assertThat(taken.hold().tokens()).as("%s", ask).isPositive();
      }
      case LimitOutcome.Spent spent -> {
        assertCounted(spent.used() + spent.held(), ask);
        assertThat(spent.used() + spent.held()).as("%s", ask).isGreaterThanOrEqualTo(CAPACITY);
        assertThat(spent.waitMillis()).as("%s", ask).isPositive();
      }
      default -> throw new AssertionError(outcome);
    }
  }

  private void assertCounted(long counted, Step step) {
    long all = used + open.values().stream().mapToLong(one -> one.held).sum();
    long most = ranOff ? runOffSince(BEGIN) : 0;
    assertThat(counted).as("%s", step).isBetween(Math.max(0, all - most), all + surplus);
  }

  private static long runOffSince(long millis) {
    return (clock.now() - millis) * MOST_AMOUNT / HOUR + 1;
  }

  private void renew(Step.Renew renew) throws Exception {
    if (!open.isEmpty()) {
      renew(nth(renew.which()), renew.soFar());
    }
  }

  private void renew(String id, long soFar) throws Exception {
    Open one = open.get(id);
    one.held = Math.max(one.held, soFar);
    redis.on(
        () -> store.renew(new RenewCall.Question(id, TokenUsage.of(soFar, 0), List.of(one.hold))));
  }

  private void end(Step.End end) throws Exception {
    if (open.isEmpty()) {
      return;
    }
    String id = nth(end.which());
    Open one = open.remove(id);
    for (int delivery = 0; delivery < 2; delivery++) {
      redis.on(
          () ->
              store.settle(new SettleCall.Question(id, 0, List.of(one.hold), each -> end.used())));
    }
    used += end.used();
    if (inBucket) {
      surplus += Math.max(0, Math.min(one.held, runOffSince(bucketSince)) - end.used());
    }
  }

  private String nth(int which) {
    return List.copyOf(open.keySet()).get(which % open.size());
  }
}
