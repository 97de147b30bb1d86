package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.CalendarChange;
import io.tollgate.contract.tokens.Count;
import io.tollgate.store.RedisLink;
import io.tollgate.store.TestClock;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Budgets of the calendar through the script, over changes of the clocks and ends of months, asked
 * for by nodes whose own clocks are off.
 */
@Timeout(60)
class CalendarBudgetsTest {
  private static final String KEY = "tollgate:quota:calendar:ann";
  private static final long AMOUNT = 1000;
  private static final long CARRY = 100;

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

  @ParameterizedTest
  @MethodSource("io.tollgate.contract.hold.CalendarChange#all")
  void a_period_ends_when_the_calendar_says_so_on_all_nodes(CalendarChange change)
      throws Exception {
    calendars = calendars(budget(change));
    Instant from = change.begin();
    long balance = AMOUNT;
    for (int period = 0; period < CalendarChange.PERIODS; period++) {
      Instant end = change.endOf(from);
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
      Instant next = change.endOf(end);
      for (long after : new long[] {0, 1, 150, 301}) {
        balance = useOne(end.plusMillis(after), next, balance);
      }
      from = end.plusMillis(301);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tollgate.contract.hold.CalendarChange#all")
  void a_request_over_the_end_of_a_period_is_paid_by_it_and_its_overrun_by_the_next(
      CalendarChange change) throws Exception {
    calendars = calendars(budget(change));
    Instant end = change.endOf(change.begin());
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
        .returns(millis(end.plusMillis(100), change.endOf(end)), Line::resetMillis);
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

  private static Budget budget(CalendarChange change) {
    return new Budget(
        "calendar",
        List.of("consumer"),
        Selector.ALL,
        Count.TOTAL,
        AMOUNT,
        change.period(),
        CARRY,
        0,
        LimitMode.ENFORCE,
        OnExhausted.FINISH,
        List.of(),
        StoreConfig.NODE,
        FailPolicy.CLOSED);
  }
}
