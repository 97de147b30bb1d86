package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import io.tollgate.contract.tokens.Count;
import io.tollgate.store.RedisLink;
import io.tollgate.store.TestClock;
import io.vertx.redis.client.Command;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Budgets of the calendar through the script, over changes of the clocks and ends of months, asked
 * for by nodes whose own clocks are off. When a period should end is worked out by another way than
 * the product's.
 */
@Timeout(60)
class CalendarBudgetsTest {
  private static final String BERLIN = "Europe/Berlin";
  private static final String NEW_YORK = "America/New_York";
  private static final String KEY = "tollgate:quota:calendar:ann";
  private static final long AMOUNT = 1000;
  private static final long CARRY = 100;

  /** Hours enough to come from the evening past the change. */
  private static final int PERIODS = 6;

  /** A node with a calendar of its own. */
  private record Node(Ledger ledger, String terms) {}

  private static RunningRedis redis;
  private static RedisLink link;
  private static long now;

  /** What a node believes that looked at its calendar some time ago. */
  private static Instant stoppedAt = Instant.EPOCH;

  private List<BudgetTerms> calendars;
  private int asked;

  @BeforeAll
  static void start() throws Exception {
    redis = new RunningRedis();
    link = redis.anotherLink();
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

  /** A period, and a local time shortly before something happens to its calendar. */
  static Stream<Arguments> changes() {
    return Stream.of(
            List.of(BERLIN, "2026-03-28T22:30"),
            List.of(BERLIN, "2026-10-24T22:30"),
            List.of(NEW_YORK, "2026-03-07T22:30"),
            List.of(NEW_YORK, "2026-10-31T22:30"),
            List.of(BERLIN, "2026-01-31T22:30"),
            List.of(BERLIN, "2026-02-28T22:30"),
            List.of(NEW_YORK, "2028-02-28T22:30"),
            List.of(NEW_YORK, "2026-12-31T22:30"))
        .flatMap(
            change ->
                Stream.of(Unit.HOUR, Unit.DAY, Unit.WEEK, Unit.MONTH)
                    .map(
                        unit ->
                            Arguments.of(unit, change.get(0), LocalDateTime.parse(change.get(1)))));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void a_period_ends_when_the_calendar_says_so_on_all_nodes(
      Unit unit, String zoneName, LocalDateTime begin) throws Exception {
    ZoneId zone = ZoneId.of(zoneName);
    calendars = calendars(budget(unit, zoneName));
    Instant from = begin.atZone(zone).toInstant();
    long balance = AMOUNT;
    for (int period = 0; period < PERIODS; period++) {
      Instant end = endOf(unit, zone, from);
      stoppedAt = from;
      for (long before : new long[] {30 * 60_000, 301, 150, 1}) {
        balance = useOne(end.minusMillis(before), end, balance);
      }
      boolean isSpent = period % 2 == 0;
      if (isSpent) {
        spend(balance);
        assertRefusedUntil(end.minusMillis(1), end);
      }
      balance = isSpent ? AMOUNT : AMOUNT + CARRY;
      Instant next = endOf(unit, zone, end);
      for (long after : new long[] {0, 1, 150, 301}) {
        balance = useOne(end.plusMillis(after), next, balance);
      }
      from = end.plusMillis(301);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void a_request_over_the_end_of_a_period_is_paid_by_it_and_its_overrun_by_the_next(
      Unit unit, String zoneName, LocalDateTime begin) throws Exception {
    ZoneId zone = ZoneId.of(zoneName);
    calendars = calendars(budget(unit, zoneName));
    Instant end = endOf(unit, zone, begin.atZone(zone).toInstant());
    set(end.minusMillis(100));
    write(0, Entry.reserve(KEY, "less", 300));
    write(1, Entry.reserve(KEY, "more", 650));

    set(end.plusMillis(100));
    write(1, Entry.settle(KEY, "less", 20, 0));
    write(0, Entry.settle(KEY, "more", 657, 0));

    // 50 were left beside what was held.
    assertThat(write(1, Entry.read(KEY)))
        .returns(AMOUNT + 50 - 7, Line::balance)
        .returns(0L, Line::held)
        .returns(millis(end.plusMillis(100), endOf(unit, zone, end)), Line::resetMillis);
  }

  /** By each node in turn, all of which have to see the same. */
  private long useOne(Instant at, Instant end, long balanceBefore) throws Exception {
    set(at);
    long balance = balanceBefore;
    for (int node = 0; node < calendars.size(); node++) {
      String id = "r" + ++asked;
      assertThat(write(node, Entry.reserve(KEY, id, 1)))
          .as("node %d at %s", node, at)
          .returns(balance, Line::balance)
          .returns(millis(at, end), Line::resetMillis);
      write(node, Entry.settle(KEY, id, 1, 0));
      balance--;
    }
    return balance;
  }

  private void spend(long tokens) throws Exception {
    String id = "r" + ++asked;
    write(0, Entry.reserve(KEY, id, tokens));
    write(1, Entry.settle(KEY, id, tokens, 0));
  }

  private void assertRefusedUntil(Instant at, Instant end) throws Exception {
    for (int node = 0; node < calendars.size(); node++) {
      assertThat(write(node, Entry.reserve(KEY, "r" + ++asked, 1)))
          .returns(true, Line::exhausted)
          .returns(millis(at, end), Line::resetMillis);
    }
  }

  /** Of a node that is ahead of Redis, of one behind it, and of one that stands still. */
  private static List<BudgetTerms> calendars(Budget budget) {
    return Stream.<InstantSource>of(
            () -> Instant.ofEpochMilli(now + 200),
            () -> Instant.ofEpochMilli(now - 200),
            () -> stoppedAt)
        .map(clock -> new BudgetTerms(budget, clock))
        .toList();
  }

  private Line write(int node, Entry entry) throws Exception {
    Ledger ledger = new Ledger(node == 0 ? redis.link : link, TestClock.by(Ledger.SCRIPT));
    return redis.write(ledger, entry.on(calendars.get(node).text()));
  }

  private static void set(Instant instant) throws Exception {
    now = instant.toEpochMilli();
    redis.send(Command.SET, TestClock.KEY, Long.toString(now));
  }

  private static long millis(Instant from, Instant to) {
    return Duration.between(from, to).toMillis();
  }

  private static Instant endOf(Unit unit, ZoneId zone, Instant moment) {
    LocalDate day = moment.atZone(zone).toLocalDate();
    return switch (unit) {
      case HOUR -> moment.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
      case DAY -> day.plusDays(1).atStartOfDay(zone).toInstant();
      case WEEK ->
          day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).atStartOfDay(zone).toInstant();
      case MONTH ->
          day.with(TemporalAdjusters.firstDayOfNextMonth()).atStartOfDay(zone).toInstant();
      default -> throw new IllegalArgumentException(unit.toString());
    };
  }

  private static Budget budget(Unit unit, String zone) {
    return new Budget(
        "calendar",
        List.of("consumer"),
        Selector.ALL,
        Count.TOTAL,
        AMOUNT,
        new Period(1, unit, zone),
        CARRY,
        0,
        LimitMode.ENFORCE,
        OnExhausted.FINISH,
        List.of(),
        StoreConfig.NODE,
        FailPolicy.CLOSED);
  }
}
