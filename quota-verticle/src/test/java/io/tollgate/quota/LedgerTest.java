package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.store.LeaseSweep;
import io.tollgate.store.StoreFault;
import io.tollgate.store.Turn;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LedgerTest {
  private static final String KEY = "chat_quota:user1";
  private static final String HOLDS = "{chat_quota:user1}:holds";

  private static final long A_DAY = Duration.ofDays(1).toMillis();

  private static RunningRedis redis;
  private static Ledger ledger;

  @BeforeAll
  void start() throws Exception {
    redis = startServer();
    ledger = new Ledger(redis.link);
  }

  RunningRedis startServer() throws Exception {
    return new RunningRedis();
  }

  @AfterAll
  void stop() throws Exception {
    redis.close();
  }

  @BeforeEach
  void forget_everything() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void holds_what_is_available_up_to_the_estimate() throws Exception {
    redis.send(Command.SET, KEY, "100");

    List<Line> lines = redis.writeAll(ledger, reservations(30, "a", "b", "c", "d", "e"));

    assertThat(lines).extracting(Line::tokens).containsExactly(30L, 30L, 30L, 10L, 0L);
    assertThat(lines).extracting(Line::exhausted).containsExactly(false, false, false, false, true);
    assertThat(lines.getLast()).isEqualTo(new Line(true, 100L, 100, 0));
    assertThat(redis.send(Command.GET, KEY)).isEqualTo("100");
  }

  @Test
  void of_a_hundred_at_once_only_those_pass_whom_the_quota_holds_and_each_is_billed_exactly()
      throws Exception {
    redis.send(Command.SET, KEY, "100");

    List<String> ids = IntStream.range(0, 100).mapToObj(i -> "request-" + i).toList();
    List<Line> lines = redis.writeAll(ledger, reservations(40, ids.toArray(String[]::new)));
    List<String> passed =
        ids.stream().filter(id -> !lines.get(ids.indexOf(id)).exhausted()).toList();
    redis.writeAll(ledger, passed.stream().map(id -> Entry.settle(KEY, id, 27, 0)).toList());

    assertThat(passed).containsExactly("request-0", "request-1", "request-2");
    assertThat(read()).isEqualTo(new Line(false, 100L - 3 * 27, 0, 0));
  }

  @Test
  void nothing_is_held_on_a_missing_a_spent_or_an_overdrawn_balance() throws Exception {
    assertThat(reserve("a", 5)).isEqualTo(new Line(true, 0L, 0, 0));
    redis.send(Command.SET, KEY, "0");
    assertThat(reserve("a", 5)).isEqualTo(new Line(true, 0L, 0, 0));
    redis.send(Command.SET, KEY, "-7");
    assertThat(reserve("a", 5)).isEqualTo(new Line(true, -7L, 0, 0));

    assertThat(redis.send(Command.EXISTS, HOLDS)).isEqualTo("0");
  }

  @Test
  void a_reservation_that_comes_again_gets_what_it_has() throws Exception {
    redis.send(Command.SET, KEY, "100");

    Line first = reserve("a", 30);
    Line again = reserve("a", 80);

    assertThat(again).isEqualTo(first);
    assertThat(read().held()).isEqualTo(30);
  }

  @Test
  void a_reservation_that_comes_after_its_settlement_pays_nothing_when_its_lease_ends()
      throws Exception {
    redis.send(Command.SET, KEY, "100");

    redis.write(ledger, Entry.settle(KEY, "a", 40, 0));
    reserve("a", 30);
    expire("a");

    assertThat(read()).isEqualTo(new Line(false, 60L, 0, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 40, 0));
    assertThat(read()).isEqualTo(new Line(false, 60L, 0, 0));
  }

  @Test
  void a_settlement_that_comes_again_after_a_late_reservation_only_frees_its_hold()
      throws Exception {
    redis.send(Command.SET, KEY, "100");

    redis.write(ledger, Entry.settle(KEY, "a", 40, 0));
    reserve("a", 30);
    redis.write(ledger, Entry.settle(KEY, "a", 40, 0));

    assertThat(read()).isEqualTo(new Line(false, 60L, 0, 0));
  }

  @Test
  void no_more_is_held_than_can_be_counted_exactly() throws Exception {
    redis.send(Command.SET, KEY, "9223372036854775807");
    long most = (1L << 53) - 1;

    assertThat(reserve("a", most - 2).held()).isEqualTo(most - 2);
    assertThat(reserve("b", 5).tokens()).isEqualTo(2);
    assertThat(reserve("c", 5)).isEqualTo(new Line(false, Long.MAX_VALUE, most, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 1, 0));

    assertThat(read()).isEqualTo(new Line(false, Long.MAX_VALUE - 1, 2, 0));
  }

  @Test
  void holds_are_found_again_when_the_state_beside_them_is_lost() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 30);
    redis.write(ledger, Entry.settle(KEY, "b", 10, 0));

    redis.send(Command.HDEL, HOLDS, "state");
    redis.write(ledger, Entry.settle(KEY, "b", 10, 0));

    assertThat(read()).isEqualTo(new Line(false, 90L, 30, 0));
  }

  @Test
  void a_settlement_counts_once() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 30);

    redis.write(ledger, Entry.settle(KEY, "a", 45, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 45, 0));
    redis.writeAll(ledger, List.of(Entry.settle(KEY, "a", 45, 0), Entry.settle(KEY, "a", 45, 0)));

    assertThat(read()).isEqualTo(new Line(false, 55L, 0, 0));
  }

  @Test
  void a_settlement_without_a_hold_is_billed() throws Exception {
    redis.send(Command.SET, KEY, "100");

    redis.write(ledger, Entry.settle(KEY, "a", 130, 0));

    assertThat(read()).isEqualTo(new Line(false, -30L, 0, 0));
  }

  @Test
  void a_balance_that_is_set_during_flight_keeps_its_holds_and_is_billed() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);

    redis.send(Command.SET, KEY, "80");

    assertThat(reserve("b", 60)).isEqualTo(new Line(false, 80L, 80, 20));
    redis.writeAll(ledger, List.of(Entry.settle(KEY, "a", 55, 0), Entry.settle(KEY, "b", 20, 0)));
    assertThat(read()).isEqualTo(new Line(false, 5L, 0, 0));
  }

  @Test
  void a_balance_that_is_deleted_during_flight_becomes_a_debt() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);

    redis.send(Command.DEL, KEY);

    assertThat(reserve("b", 60)).isEqualTo(new Line(true, 0L, 60, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 55, 0));
    assertThat(read()).isEqualTo(new Line(false, -55L, 0, 0));
  }

  @Test
  void a_balance_that_another_program_adds_to_is_used_at_once() throws Exception {
    redis.send(Command.SET, KEY, "10");
    reserve("a", 60);

    redis.send(Command.INCRBY, KEY, "100");

    assertThat(reserve("b", 60)).isEqualTo(new Line(false, 110L, 70, 60));
  }

  @Test
  void an_expired_hold_is_billed_at_its_last_stamp_and_settled_late_for_the_difference()
      throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 12, 60));
    expire("a");

    assertThat(read()).isEqualTo(new Line(false, 88L, 0, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void a_stamp_above_the_usage_is_given_back_by_the_late_settlement() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 40, 60));
    expire("a");
    read();

    redis.write(ledger, Entry.settle(KEY, "a", 30, 0));

    assertThat(read()).isEqualTo(new Line(false, 70L, 0, 0));
  }

  @Test
  void a_renewal_after_the_lease_ended_takes_the_hold_again() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 12, 60));
    expire("a");
    read();

    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));

    assertThat(read()).isEqualTo(new Line(false, 100L, 60, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));
    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void a_renewal_that_was_overtaken_does_not_lower_the_stamp() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);

    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    redis.write(ledger, Entry.renew(KEY, "a", 12, 60));
    expire("a");

    assertThat(read()).isEqualTo(new Line(false, 80L, 0, 0));
  }

  @Test
  void a_renewal_after_the_settlement_changes_nothing() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));

    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void a_request_that_passed_without_a_hold_is_billed_at_its_stamp_when_its_node_dies()
      throws Exception {
    redis.send(Command.SET, KEY, "100");

    redis.write(ledger, Entry.renew(KEY, "a", 20, 0));
    expire("a");

    assertThat(read()).isEqualTo(new Line(false, 80L, 0, 0));
  }

  @Test
  void a_lease_ends_by_the_clock_of_redis() throws Exception {
    Ledger shortLeases = new Ledger(redis.link, Duration.ZERO, 100);
    redis.send(Command.SET, KEY, "100");

    assertThat(redis.write(shortLeases, Entry.reserve(KEY, "a", 60)).held()).isEqualTo(60);

    assertThat(read()).isEqualTo(new Line(false, 100L, 0, 0));
  }

  @Test
  void many_dead_holds_are_billed_over_several_calls() throws Exception {
    redis.send(Command.SET, KEY, "1000");
    String[] ids = IntStream.range(0, 250).mapToObj(i -> "r" + i).toArray(String[]::new);
    redis.writeAll(ledger, reservations(2, ids));
    redis.writeAll(ledger, Stream.of(ids).map(id -> Entry.renew(KEY, id, 1, 2)).toList());
    for (String id : ids) {
      expire(id);
    }

    assertThat(read()).isEqualTo(new Line(false, 800L, 100, 0));
    assertThat(read()).isEqualTo(new Line(false, 750L, 0, 0));
  }

  @Test
  void balances_that_doubles_cannot_hold_stay_exact() throws Exception {
    redis.send(Command.SET, KEY, "9223372036854775807");

    assertThat(reserve("a", 1000)).isEqualTo(new Line(false, Long.MAX_VALUE, 1000, 1000));
    redis.write(ledger, Entry.settle(KEY, "a", 3, 0));

    assertThat(read()).isEqualTo(new Line(false, Long.MAX_VALUE - 3, 0, 0));
    redis.send(Command.SET, KEY, "-9223372036854775808");
    assertThat(reserve("b", 1000)).isEqualTo(new Line(true, Long.MIN_VALUE, 0, 0));
  }

  @Test
  void what_is_no_integer_is_neither_granted_nor_changed() throws Exception {
    for (String odd :
        List.of("lots", "1.5", "1e3", "007", "-0", "+5", " 5", "9223372036854775808")) {
      redis.send(Command.SET, KEY, odd);

      assertThatThrownBy(() -> reserve("a", 5)).hasMessageContaining("is not an integer");
      assertThatThrownBy(() -> redis.write(ledger, Entry.settle(KEY, "b", 5, 0)))
          .hasMessageContaining("is not an integer");
      assertThat(redis.send(Command.GET, KEY)).isEqualTo(odd);
      assertThat(redis.send(Command.EXISTS, HOLDS)).isEqualTo("0");
      assertThat(redis.on(() -> redis.link.send(Command.KEYS, "*"))).hasSize(1);
    }
  }

  @Test
  void one_entrys_fault_leaves_the_others_of_the_call_alone() throws Exception {
    redis.send(Command.RPUSH, "chat_quota:odd", "a");
    redis.send(Command.SET, KEY, "100");

    List<Future<Line>> lines =
        redis.on(
            () -> {
              List<Future<Line>> all =
                  Stream.of("warm-up", "odd", "user1")
                      .map(name -> ledger.write(Entry.reserve("chat_quota:" + name, "a", 5)))
                      .toList();
              return Future.join(all).transform((done, fault) -> Future.succeededFuture(all));
            });

    assertThat(lines.get(1).cause()).isInstanceOf(BalanceFault.class).hasMessageContaining("type");
    assertThat(lines.get(2).result().tokens()).isEqualTo(5);
  }

  @Test
  void a_settlement_of_a_broken_balance_goes_through_once_the_balance_is_set() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    expire("a");
    redis.send(Command.SET, KEY, "lots");

    assertThatThrownBy(() -> redis.write(ledger, Entry.settle(KEY, "a", 50, 0)))
        .hasMessageContaining("is not an integer");
    assertThat(redis.write(ledger, Entry.set(KEY, 200))).isEqualTo(new Line(false, 200L, 60, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));

    assertThat(read()).isEqualTo(new Line(false, 150L, 0, 0));
  }

  @Test
  void what_redis_has_no_room_for_is_neither_held_nor_billed() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);

    redis.send(Command.CONFIG, "SET", "maxmemory", "1");
    try {
      assertThatThrownBy(() -> reserve("b", 5))
          .rootCause()
          .isInstanceOfSatisfying(StoreFault.class, LedgerTest::isOutOfMemory);
      assertThatThrownBy(() -> redis.write(ledger, Entry.settle(KEY, "a", 50, 0)))
          .rootCause()
          .isInstanceOfSatisfying(StoreFault.class, LedgerTest::isOutOfMemory);
    } finally {
      redis.send(Command.CONFIG, "SET", "maxmemory", "0");
    }

    assertThat(read()).isEqualTo(new Line(false, 100L, 60, 0));
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));
    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void a_change_beyond_64_bits_is_refused() throws Exception {
    redis.send(Command.SET, KEY, "9223372036854775800");

    assertThatThrownBy(() -> redis.write(ledger, Entry.add(KEY, 100)))
        .hasMessageContaining("range of 64-bit integers");

    assertThat(redis.send(Command.GET, KEY)).isEqualTo("9223372036854775800");
  }

  @Test
  void settled_requests_of_three_generations_are_known_and_older_ones_forgotten() throws Exception {
    Ledger forgetful = new Ledger(redis.link, Duration.ofSeconds(8), 2);
    redis.send(Command.SET, KEY, "100");
    List<String> ids = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    redis.writeAll(forgetful, ids.stream().map(id -> Entry.settle(KEY, id, 1, 0)).toList());

    for (String known : ids.subList(2, 8)) {
      redis.write(forgetful, Entry.settle(KEY, known, 1, 0));
      redis.write(forgetful, Entry.renew(KEY, known, 1, 1));
    }
    assertThat(read()).isEqualTo(new Line(false, 92L, 0, 0));
    redis.write(forgetful, Entry.settle(KEY, "b", 1, 0));

    assertThat(read()).isEqualTo(new Line(false, 91L, 0, 0));
  }

  @Test
  void a_generation_that_is_over_gives_way_to_the_next_and_is_still_known() throws Exception {
    redis.send(Command.SET, KEY, "100");
    redis.write(ledger, Entry.settle(KEY, "a", 1, 0));
    redis.generationEnds(KEY);

    redis.write(ledger, Entry.settle(KEY, "b", 1, 0));
    redis.writeAll(ledger, List.of(Entry.settle(KEY, "a", 1, 0), Entry.settle(KEY, "b", 1, 0)));

    assertThat(redis.settled(KEY)).hasSize(2);
    assertThat(read()).isEqualTo(new Line(false, 98L, 0, 0));
  }

  @Test
  void a_billed_hold_that_nobody_settles_is_forgotten() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    expire("a");
    read();
    String billed = redis.send(Command.HGET, HOLDS, "hold:a");
    redis.send(Command.HSET, HOLDS, "hold:a", billed.replaceFirst("\\d+$", "0"));
    redis.send(Command.HDEL, HOLDS, "state");

    assertThat(read()).isEqualTo(new Line(false, 80L, 0, 0));
    assertThat(redis.send(Command.HKEYS, HOLDS)).isEqualTo("[state]");
  }

  @Test
  void a_settlement_whose_end_cannot_be_remembered_is_not_billed() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.settle(KEY, "b", 1, 0));
    redis.send(Command.SET, redis.settled(KEY).getFirst(), "odd");

    assertThatThrownBy(() -> redis.write(ledger, Entry.settle(KEY, "a", 50, 0)))
        .hasMessageContaining("another type");

    assertThat(read()).isEqualTo(new Line(false, 99L, 60, 0));
  }

  @Test
  void what_lies_beside_a_balance_goes_when_it_is_not_touched_any_more() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));

    assertThat(Long.parseLong(redis.send(Command.PTTL, HOLDS))).isPositive();
    assertThat(redis.settled(KEY)).hasSize(1);
    assertThat(Long.parseLong(redis.send(Command.PTTL, redis.settled(KEY).getFirst())))
        .isPositive();
    assertThat(redis.send(Command.PTTL, KEY)).isEqualTo("-1");
  }

  @Test
  void a_settlement_that_comes_again_after_all_is_forgotten_is_known_by_its_missing_hold()
      throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));
    redis.forgetSettled(KEY);

    redis.write(ledger, Entry.settle(KEY, "a", 50, A_DAY));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void a_settlement_that_was_never_delivered_counts_however_late_it_comes() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    expire("a");
    read();
    redis.billedMoves(KEY, "a");
    assertThat(read()).isEqualTo(new Line(false, 80L, 0, 0));
    assertThat(redis.keys("*:billed:*")).hasSize(1);

    redis.write(ledger, Entry.settle(KEY, "a", 50, A_DAY));
    redis.write(ledger, Entry.settle(KEY, "a", 50, A_DAY));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
    assertThat(redis.keys("*:billed:*")).isEmpty();
  }

  @Test
  void a_settlement_in_whose_call_the_billed_hold_moves_pays_only_the_difference()
      throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    expire("a");
    read();
    redis.billedMoves(KEY, "a");

    redis.write(ledger, Entry.settle(KEY, "a", 50, 0));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
    assertThat(redis.keys("*:billed:*")).isEmpty();
  }

  @Test
  void a_renewal_finds_what_was_billed_long_ago_and_holds_it_again() throws Exception {
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);
    redis.write(ledger, Entry.renew(KEY, "a", 20, 60));
    expire("a");
    read();
    redis.billedMoves(KEY, "a");
    read();

    redis.write(ledger, Entry.renew(KEY, "a", 30, 60));

    assertThat(read()).isEqualTo(new Line(false, 100L, 60, 0));
    assertThat(redis.keys("*:billed:*")).isEmpty();
  }

  @Test
  void what_never_was_held_counts_once_however_late_while_it_is_remembered() throws Exception {
    redis.send(Command.SET, KEY, "100");

    redis.write(ledger, Entry.settle(KEY, "a", 40, Entry.NEVER_HELD));
    redis.write(ledger, Entry.settle(KEY, "a", 40, Entry.NEVER_HELD));

    assertThat(read()).isEqualTo(new Line(false, 60L, 0, 0));
  }

  @Test
  void a_hold_of_a_late_reservation_leaves_nothing_when_its_lease_ends() throws Exception {
    redis.send(Command.SET, KEY, "100");
    redis.write(ledger, Entry.settle(KEY, "a", 40, 0));
    reserve("a", 30);
    expire("a");
    read();
    redis.forgetSettled(KEY);

    redis.write(ledger, Entry.settle(KEY, "a", 40, A_DAY));

    assertThat(read()).isEqualTo(new Line(false, 60L, 0, 0));
  }

  @Test
  void a_busy_account_that_remembers_few_requests_knows_late_ones_by_their_missing_holds()
      throws Exception {
    Ledger forgetful = new Ledger(redis.link, Duration.ofSeconds(8), 1);
    redis.send(Command.SET, KEY, "100");
    for (String id : List.of("a", "b", "c", "d", "e")) {
      redis.write(forgetful, Entry.reserve(KEY, id, 5));
      redis.write(forgetful, Entry.settle(KEY, id, 5, 0));
    }

    redis.write(forgetful, Entry.settle(KEY, "a", 5, 60_000));

    assertThat(read()).isEqualTo(new Line(false, 75L, 0, 0));
  }

  @Test
  void two_nodes_that_settle_the_same_at_once_charge_once() throws Exception {
    Ledger other = new Ledger(redis.anotherLink());
    redis.send(Command.SET, KEY, "100");
    reserve("a", 60);

    redis.on(
        () ->
            Future.all(
                ledger.write(Entry.settle(KEY, "a", 50, 0)),
                other.write(Entry.settle(KEY, "a", 50, 0))));

    assertThat(read()).isEqualTo(new Line(false, 50L, 0, 0));
  }

  @Test
  void holds_of_a_dead_node_are_billed_and_freed_although_nobody_calls() throws Exception {
    Ledger dead = new Ledger(redis.link, Duration.ofMillis(100), 100);
    Ledger alive = new Ledger(redis.anotherLink(), Duration.ofMillis(100), 100);
    redis.send(Command.SET, KEY, "100");
    redis.send(Command.SET, "chat_quota:odd", "70");
    redis.writeAll(
        dead, List.of(Entry.reserve(KEY, "a", 60), Entry.reserve("chat_quota:odd", "b", 60)));
    redis.writeAll(
        dead, List.of(Entry.renew(KEY, "a", 20, 60), Entry.renew("chat_quota:odd", "b", 30, 60)));
    redis.send(Command.SET, "chat_quota:odd", "lots");

    LeaseSweep sweep = redis.on(() -> Future.succeededFuture(alive.sweep(redis.vertx, new Turn())));
    while (redis.send(Command.ZSCORE, Ledger.LEASES, KEY) != null) {
      redis.on(() -> redis.vertx.timer(20));
    }
    assertThat(redis.send(Command.GET, KEY)).isEqualTo("80");
    assertThat(redis.send(Command.ZSCORE, Ledger.LEASES, "chat_quota:odd"))
        .as("it can't be billed yet")
        .isNotNull();

    redis.send(Command.SET, "chat_quota:odd", "70");
    while (redis.send(Command.EXISTS, Ledger.LEASES).equals("1")) {
      redis.on(() -> redis.vertx.timer(20));
    }
    sweep.stop();
    assertThat(read()).isEqualTo(new Line(false, 80L, 0, 0));
    assertThat(redis.send(Command.GET, "chat_quota:odd")).isEqualTo("40");
  }

  private static Line reserve(String id, long estimate) throws Exception {
    return redis.write(ledger, Entry.reserve(KEY, id, estimate));
  }

  private static List<Entry> reservations(long estimate, String... ids) {
    return Stream.of(ids).map(id -> Entry.reserve(KEY, id, estimate)).toList();
  }

  private static Line read() throws Exception {
    return redis.write(ledger, Entry.read(KEY));
  }

  /** What happens when nobody renews for as long as a lease lasts. */
  private static void expire(String id) throws Exception {
    redis.expire(KEY, id);
  }

  private static void isOutOfMemory(StoreFault fault) {
    assertThat(fault.kind()).isEqualTo(StoreFault.Kind.OUT_OF_MEMORY);
  }
}
