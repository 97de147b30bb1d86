package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import io.tollgate.contract.hold.PeriodBounds;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.Estimate;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A counter whose rule gets another algorithm while requests run, and windows of the calendar. */
class ShapeChangeTest {
  private static final String COUNTER = "higress-token-ratelimit:r:global_threshold:3600";
  private static final long BEGIN = 1_700_000_000_000L;

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static CounterStore store;

  /** By a clock of our own, and of leases that don't run out. */
  private static CounterStore late;

  private static ScriptClock clock;
  private int asked;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    store = new CounterStore(redis.link, new CounterNames(KnownKeys.of(List.of())));
    clock = new ScriptClock(redis);
    late =
        new CounterStore(
            redis.link,
            new CounterNames(KnownKeys.of(List.of())),
            new CounterTimes(Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1)),
            ScriptClock.scripts());
  }

  @AfterAll
  static void stop() throws Exception {
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  /** Where no hour ends soon: those of India begin half an hour after ours. */
  private static String midHour() {
    int minute = Instant.now().atZone(ZoneOffset.UTC).getMinute();
    return minute >= 15 && minute < 45 ? "Europe/Berlin" : "Asia/Kolkata";
  }

  static Stream<Arguments> pairs() {
    List<LimitTerms> all =
        List.of(
            terms(Algorithm.FIXED_WINDOW, null),
            terms(Algorithm.FIXED_WINDOW, midHour()),
            terms(Algorithm.SLIDING_WINDOW, null),
            terms(Algorithm.TOKEN_BUCKET, null),
            terms(Algorithm.LEAKY_BUCKET, null));
    return all.stream().flatMap(from -> all.stream().map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void what_is_used_and_held_stays_when_the_algorithm_changes(LimitTerms from, LimitTerms to)
      throws Exception {
    settle("r1", 40, take(from, 50).hold());
    LimitHold open = take(from, 30).hold();

    LimitOutcome.Taken after = take(to, 10);

    // So slow that nothing runs off meanwhile.
    assertThat(after.used()).isEqualTo(40);
    assertThat(after.held()).isEqualTo(40);
    assertThat(redis.get(COUNTER)).isEqualTo("40");
    assertThat(redis.millisToLive(COUNTER)).isBetween(1L, 3_800_000L);
    settle("r2", 35, open);
    settle("r3", 5, after.hold());
    LimitOutcome.Taken last = take(to, 1);
    assertThat(last.used()).isEqualTo(80);
    assertThat(last.held()).isEqualTo(1);
    assertThat(redis.get(COUNTER)).isEqualTo("80");
  }

  @Test
  void a_calendar_window_ends_with_the_calendar() throws Exception {
    Period hour = new Period(1, Unit.HOUR, "Asia/Kolkata");
    Instant end = PeriodBounds.around(hour, Instant.now()).next();
    LimitOutcome.Taken taken = take(terms(Algorithm.FIXED_WINDOW, "Asia/Kolkata"), 10);

    long told = Instant.now().plusMillis(taken.resetMillis()).toEpochMilli();
    boolean nextHour = told > end.toEpochMilli() + 60_000;
    long expected = end.toEpochMilli() + (nextHour ? Duration.ofHours(1).toMillis() : 0);
    assertThat(told).isBetween(expected - 5_000, expected + 5_000);
  }

  @Test
  void redis_clock_decides_which_window_of_the_calendar_runs() throws Exception {
    LimitTerms hour = terms(Algorithm.FIXED_WINDOW, "UTC");
    for (long hours : new long[] {-5, -1, 0, 1, 2, 7}) {
      redis.send(Command.FLUSHALL);
      long now =
          Math.floorDiv(System.currentTimeMillis(), 3_600_000L) * 3_600_000L
              + hours * 3_600_000L
              + 600_000;
      clock.set(now);
      LimitOutcome.Taken taken = (LimitOutcome.Taken) ask(late, hour, 10);
      assertThat(taken.resetMillis()).isEqualTo(3_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FIXED_WINDOW", "SLIDING_WINDOW"})
  void nothing_of_a_hold_has_run_off_before_there_was_a_bucket(Algorithm before) throws Exception {
    clock.set(BEGIN);
    LimitHold hold = ((LimitOutcome.Taken) ask(late, terms(before, null), 50)).hold();
    clock.pass(Duration.ofMinutes(30).toMillis());

    LimitTerms bucket = terms(Algorithm.TOKEN_BUCKET, null);
    LimitOutcome.Taken first = (LimitOutcome.Taken) ask(late, bucket, 5);
    assertThat(first.used() + first.held()).isEqualTo(55);
    settle(late, "r1", 10, hold);

    LimitOutcome.Taken after = (LimitOutcome.Taken) ask(late, bucket, 5);
    assertThat(after.used()).isEqualTo(10);
    assertThat(after.held()).isEqualTo(10);
  }

  @Test
  void what_is_used_counts_for_a_whole_period_when_a_window_becomes_a_sliding_one()
      throws Exception {
    clock.set(BEGIN);
    LimitHold first =
        ((LimitOutcome.Taken) ask(late, terms(Algorithm.FIXED_WINDOW, null), 9)).hold();
    clock.pass(Duration.ofMinutes(59).toMillis());
    LimitHold second =
        ((LimitOutcome.Taken) ask(late, terms(Algorithm.FIXED_WINDOW, null), 50)).hold();
    settle(late, "r1", 9, first);

    LimitTerms sliding = terms(Algorithm.SLIDING_WINDOW, null);
    ask(late, sliding, 1);
    settle(late, "r2", 50, second);

    clock.pass(Duration.ofMinutes(58).toMillis());
    assertThat(((LimitOutcome.Taken) ask(late, sliding, 1)).used()).isEqualTo(59);
    clock.pass(Duration.ofMinutes(5).toMillis());
    assertThat(((LimitOutcome.Taken) ask(late, sliding, 1)).used()).isZero();
  }

  private static LimitTerms terms(Algorithm algorithm, @Nullable String zone) {
    return new LimitTerms(algorithm, new Period(1, Unit.HOUR, zone), Count.TOTAL, 100, 100);
  }

  private LimitOutcome.Taken take(LimitTerms terms, long tokens) throws Exception {
    return (LimitOutcome.Taken) ask(store, terms, tokens);
  }

  private LimitOutcome ask(CounterStore asks, LimitTerms terms, long tokens) throws Exception {
    LimitKey key = new LimitKey("r", LimitType.GLOBAL_THRESHOLD, terms.label(), "", null);
    Limit limit =
        new Limit(key, COUNTER, terms, Rate.usual(List.of(terms)), Blocks.block("r", terms));
    String id = "r" + ++asked;
    return redis
        .on(() -> asks.admit(new AdmitCall.Question(id, new Estimate(tokens, 0), List.of(limit))))
        .getFirst()
        .outcome();
  }

  private void settle(String id, long used, LimitHold hold) throws Exception {
    settle(store, id, used, hold);
  }

  private static void settle(CounterStore in, String id, long used, LimitHold hold)
      throws Exception {
    redis.on(() -> in.settle(new SettleCall.Question(id, 0, List.of(hold), each -> used)));
  }
}
