package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.CalendarChange;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.store.RedisLink;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Windows of the calendar through the scripts, over changes of the clocks and ends of months, asked
 * for by nodes whose own clocks are off.
 */
class CalendarWindowsTest {
  private static final String COUNTER = "higress-token-ratelimit:r:global_threshold:1";
  private static final long CAPACITY = 1000;

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static RedisLink link;
  private static ScriptClock clock;
  private static CounterStore fast;
  private static CounterStore slow;
  private static CounterStore stopped;

  /** What a node believes that looked at its calendar some time ago. */
  private static Instant stoppedAt = Instant.EPOCH;

  private int asked;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    link = redis.anotherLink();
    clock = new ScriptClock(redis);
    fast = node(redis.link, () -> Instant.ofEpochMilli(clock.now() + 200));
    slow = node(link, () -> Instant.ofEpochMilli(clock.now() - 200));
    stopped = node(link, () -> stoppedAt);
  }

  @AfterAll
  static void stop() throws Exception {
    redis.on(link::close);
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @ParameterizedTest
  @MethodSource("io.tollgate.contract.hold.CalendarChange#all")
  void a_window_ends_when_the_calendar_says_so_on_all_nodes(CalendarChange change)
      throws Exception {
    LimitTerms terms = terms(change);
    Instant now = change.begin();
    long used = 0;
    for (int window = 0; window < CalendarChange.PERIODS; window++) {
      Instant end = change.endOf(now);
      stoppedAt = now;
      for (long before : new long[] {30 * 60_000, 301, 150, 1}) {
        used = useOne(terms, end.minusMillis(before), end, used);
      }
      assertRefusedUntil(terms, end.minusMillis(1), end);
      used = 0;
      Instant next = change.endOf(end);
      for (long after : new long[] {0, 1, 150, 301}) {
        used = useOne(terms, end.plusMillis(after), next, used);
      }
      now = end.plusMillis(301);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tollgate.contract.hold.CalendarChange#all")
  void a_request_over_the_end_of_a_window_leaves_the_next_only_its_overrun(CalendarChange change)
      throws Exception {
    LimitTerms terms = terms(change);
    Instant end = change.endOf(change.begin());
    clock.set(end.minusMillis(100).toEpochMilli());
    LimitOutcome.Taken less = (LimitOutcome.Taken) ask(fast, terms, 50, 1);
    LimitOutcome.Taken more = (LimitOutcome.Taken) ask(slow, terms, 50, 1);

    clock.set(end.plusMillis(100).toEpochMilli());
    settle(slow, "r1", 20, less.hold());
    settle(fast, "r2", 57, more.hold());

    LimitOutcome.Taken after = (LimitOutcome.Taken) ask(slow, terms, 1, 1);
    assertThat(after.used()).isEqualTo(7);
    assertThat(after.held()).isEqualTo(1);
    assertThat(after.resetMillis()).isEqualTo(millis(end.plusMillis(100), change.endOf(end)));
  }

  /** By each node in turn, all of which have to see the same. */
  private long useOne(LimitTerms terms, Instant now, Instant end, long usedBefore)
      throws Exception {
    clock.set(now.toEpochMilli());
    long used = usedBefore;
    for (CounterStore node : List.of(fast, slow, stopped)) {
      LimitOutcome.Taken taken = (LimitOutcome.Taken) ask(node, terms, 1, 1);
      assertThat(taken.resetMillis()).as("%s until %s", now, end).isEqualTo(millis(now, end));
      assertThat(taken.used()).as("used at %s", now).isEqualTo(used);
      settle(node, "r" + asked, 1, taken.hold());
      used++;
    }
    return used;
  }

  private void assertRefusedUntil(LimitTerms terms, Instant now, Instant end) throws Exception {
    clock.set(now.toEpochMilli());
    for (CounterStore node : List.of(fast, slow, stopped)) {
      assertThat(ask(node, terms, CAPACITY, CAPACITY))
          .isInstanceOfSatisfying(
              LimitOutcome.Spent.class,
              spent -> assertThat(spent.waitMillis()).isEqualTo(millis(now, end)));
    }
  }

  private static long millis(Instant from, Instant to) {
    return Duration.between(from, to).toMillis();
  }

  private static LimitTerms terms(CalendarChange change) {
    return new LimitTerms(Algorithm.FIXED_WINDOW, change.period(), Count.TOTAL, CAPACITY, CAPACITY);
  }

  private static CounterStore node(RedisLink through, InstantSource ownClock) {
    return new CounterStore(
        through,
        new CounterNames(KnownKeys.of(List.of())),
        CounterTimes.USUAL.by(ownClock),
        ScriptClock.scripts());
  }

  private LimitOutcome ask(CounterStore node, LimitTerms terms, long tokens, long need)
      throws Exception {
    LimitKey key = new LimitKey("r", LimitType.GLOBAL_THRESHOLD, "1", "", null);
    Limit limit =
        new Limit(
            key,
            COUNTER,
            terms,
            Rate.usual(List.of(terms)),
            need > 1 ? Blocks.strict(Blocks.block("r", terms)) : Blocks.block("r", terms));
    String id = "r" + ++asked;
    return redis
        .on(() -> node.admit(new AdmitCall.Question(id, new Estimate(tokens, 0), List.of(limit))))
        .getFirst()
        .outcome();
  }

  private void settle(CounterStore node, String id, long used, LimitHold hold) throws Exception {
    redis.on(() -> node.settle(new SettleCall.Question(id, 0, List.of(hold), each -> used)));
  }
}
