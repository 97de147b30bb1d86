package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.strict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLimiterTest {
  private static final String C =
      "higress-token-ratelimit:r:limit_by_per_consumer:60:x-mse-consumer:bob";
  private static final String HOLDS = RedisFixture.holdsOf(C);
  private static final LimitBlock HUNDRED = perConsumer(100);

  @TempDir static Path directory;
  private static RedisFixture redis;

  @BeforeAll
  void start() throws Exception {
    redis = startServer();
  }

  RedisFixture startServer() throws Exception {
    return RedisFixture.start(directory);
  }

  @AfterAll
  void stop() throws Exception {
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void a_request_without_limits_is_admitted_with_nothing() throws Exception {
    assertThat(admit(limiter(HUNDRED), request("1"))).isEqualTo(Admitted.FREELY);
  }

  @Test
  void a_hold_begins_a_window_and_counts_as_taken_but_not_as_used() throws Exception {
    Admitted admitted = admitted(limiter(HUNDRED), request("1").by("bob").estimate(30));

    LimitHold hold = admitted.holds().getFirst();
    assertThat(hold.tokens()).isEqualTo(30);
    assertThat(hold.store()).isEqualTo(StoreConfig.NODE);
    assertThat(hold.window()).isNotEmpty();
    assertThat(admitted.tightest().limit()).isEqualTo(100);
    assertThat(admitted.tightest().remaining()).isEqualTo(70);
    assertThat(admitted.tightest().resetMillis()).isBetween(50_000L, 60_000L);
    assertThat(redis.get(C)).isEqualTo("0");
    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
    assertThat(held()).isEqualTo(30);
  }

  @Test
  void the_walkthrough_passes_the_first_chat_and_refuses_the_next() throws Exception {
    RedisLimiter limiter =
        limiter(block("default_rule", item(LIMIT_BY_PER_HEADER, "x-api-key", "*", 5)));
    Asks chat = request("1").header("x-api-key", "demo-user1").estimate(300);
    List<LimitHold> holds = admitted(limiter, chat).holds();
    assertThat(holds.getFirst().tokens()).isEqualTo(5);
    settle(limiter, "1", 320, holds);

    Admission next = admit(limiter, request("2").header("x-api-key", "demo-user1").estimate(300));

    assertThat(
            redis.get(
                "higress-token-ratelimit:default_rule:limit_by_per_header:60:x-api-key:demo-user1"))
        .isEqualTo("320");
    assertThat(next)
        .isInstanceOfSatisfying(
            Throttled.class,
            refusal -> {
              assertThat(refusal.rule())
                  .isEqualTo("default_rule/limit_by_per_header:x-api-key/60s");
              assertThat(refusal.limit()).isEqualTo(5);
              assertThat(refusal.used()).isEqualTo(320);
              assertThat(refusal.held()).isZero();
              assertThat(refusal.resetMillis()).isBetween(50_000L, 60_000L);
              assertThat(refusal.rejectedCode()).isEqualTo(429);
              assertThat(refusal.rejectedMessage()).isNull();
            });
  }

  @Test
  void of_a_hundred_requests_at_once_exactly_one_passes_a_limit_that_one_of_them_spends()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);

    List<Admission> answers =
        redis.on(
            () -> {
              List<Future<Admission>> all =
                  IntStream.range(0, 100)
                      .mapToObj(i -> request("r" + i).by("bob").estimate(1000).ask())
                      .map(limiter::admit)
                      .toList();
              return Future.all(all).map(done -> all.stream().map(Future::result).toList());
            });

    assertThat(answers).filteredOn(Admitted.class::isInstance).hasSize(1);
    assertThat(answers)
        .filteredOn(Throttled.class::isInstance)
        .hasSize(99)
        .allSatisfy(
            refusal ->
                assertThat(((Throttled) refusal).held()).as("held by the one").isEqualTo(100));
    assertThat(held()).isEqualTo(100);
  }

  @Test
  void settlement_counts_what_was_used_and_frees_what_was_held() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();

    settle(limiter, "1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(held()).isZero();
    assertThat(redis.hold(C, "1")).isNull();
  }

  @Test
  void a_settlement_that_is_delivered_again_changes_nothing() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();

    settle(limiter, "1", 25, holds);
    settle(limiter, "1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(held()).isZero();
  }

  @Test
  void a_request_that_asks_again_gets_the_hold_it_has() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    Asks asks = request("1").by("bob").estimate(60);

    Admitted first = admitted(limiter, asks);
    Admitted again = admitted(limiter, asks);

    assertThat(again.holds()).isEqualTo(first.holds());
    assertThat(again.tightest().remaining()).isEqualTo(40);
    assertThat(held()).isEqualTo(60);
  }

  @Test
  void what_a_late_repeat_of_a_settled_request_takes_is_freed_when_its_lease_runs_out()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    Asks asks = request("1").by("bob").estimate(60);
    settle(limiter, "1", 25, admitted(limiter, asks).holds());

    admitted(limiter, asks);
    leaseRunsOut("1");
    Admitted next = admitted(limiter, request("2").by("bob").estimate(100));

    assertThat(next.holds().getFirst().tokens()).isEqualTo(75);
    assertThat(redis.get(C)).isEqualTo("25");
  }

  @Test
  void what_a_late_repeat_of_a_settled_request_takes_is_not_billed_when_it_is_settled_again()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    Asks asks = request("1").by("bob").estimate(60);
    List<LimitHold> holds = admitted(limiter, asks).holds();
    settle(limiter, "1", 25, holds);

    admitted(limiter, asks);
    settle(limiter, "1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(held()).isZero();
  }

  @Test
  void a_hold_is_never_more_than_what_is_left() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);

    admitted(limiter, request("1").by("bob").estimate(70));
    Admitted second = admitted(limiter, request("2").by("bob").estimate(70));

    assertThat(second.holds().getFirst().tokens()).isEqualTo(30);
    assertThat(admit(limiter, request("3").by("bob").estimate(1))).isInstanceOf(Throttled.class);
  }

  @Test
  void a_strict_rule_admits_only_what_fits_whole() throws Exception {
    RedisLimiter limiter = limiter(strict(HUNDRED));

    admitted(limiter, request("1").by("bob").estimate(70));

    assertThat(admit(limiter, request("2").by("bob").estimate(31))).isInstanceOf(Throttled.class);
    assertThat(admitted(limiter, request("3").by("bob").estimate(30)).tightest().remaining())
        .isZero();
  }

  @Test
  void a_refusal_takes_nothing_from_any_limit_and_names_the_first_that_is_spent() throws Exception {
    LimitBlock block =
        block(
            "r",
            LimitTerms.fixed(1000, 3600),
            item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", 100, 60)),
            item(LIMIT_BY_PER_HEADER, "x-tier", key("*", 5, 60)));
    RedisLimiter limiter = limiter(block);
    Asks gold = request("1").by("bob").header("x-tier", "gold");
    settle(limiter, "1", 7, admitted(limiter, gold).holds());

    Admission second = admit(limiter, request("2").by("bob").header("x-tier", "gold").estimate(50));

    assertThat(second)
        .isInstanceOfSatisfying(
            Throttled.class,
            refusal -> assertThat(refusal.rule()).isEqualTo("r/limit_by_per_header:x-tier/60s"));
    assertThat(held()).isZero();
    assertThat(redis.held("higress-token-ratelimit:r:global_threshold:3600")).isZero();
  }

  @Test
  void the_tightest_rule_is_the_one_with_the_smallest_share_left() throws Exception {
    LimitBlock block =
        block(
            "r",
            LimitTerms.fixed(50, 3600),
            item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", 1000, 60)),
            item(LIMIT_BY_PER_HEADER, "x-tier", key("*", 20, 60)));

    Admitted admitted =
        admitted(limiter(block), request("1").by("bob").header("x-tier", "gold").estimate(10));

    assertThat(admitted.holds()).hasSize(3);
    assertThat(admitted.tightest().limit()).isEqualTo(20);
    assertThat(admitted.tightest().remaining()).isEqualTo(10);
  }

  @Test
  void a_counter_that_another_gateway_left_goes_on_counting() throws Exception {
    redis.send(Command.SET, C, "90", "PX", "30000");
    RedisLimiter limiter = limiter(HUNDRED);

    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(40)).holds();
    assertThat(holds.getFirst().tokens()).isEqualTo(10);
    settle(limiter, "1", 40, holds);

    assertThat(redis.get(C)).isEqualTo("130");
    assertThat(redis.millisToLive(C)).isBetween(20_000L, 30_000L);
  }

  @Test
  void a_counter_without_a_time_to_live_gets_its_windows() throws Exception {
    redis.send(Command.SET, C, "100");

    assertThat(admit(limiter(HUNDRED), request("1").by("bob"))).isInstanceOf(Throttled.class);

    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
  }

  @Test
  void a_counter_that_was_rewritten_in_its_window_keeps_the_windows_end_and_its_holds()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.SET, C, "30");

    assertThat(admitted(limiter, request("2").by("bob").estimate(60)).holds().getFirst().tokens())
        .isEqualTo(10);
    settle(limiter, "1", 20, holds);

    assertThat(redis.get(C)).isEqualTo("50");
    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
  }

  @Test
  void holds_of_a_window_that_ended_do_not_count_in_the_next() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> old = admitted(limiter, request("1").by("bob").estimate(100)).holds();
    redis.send(Command.DEL, C);

    List<LimitHold> fresh = admitted(limiter, request("2").by("bob").estimate(100)).holds();

    assertThat(fresh.getFirst().tokens()).isEqualTo(100);
    assertThat(fresh.getFirst().window()).isNotEqualTo(old.getFirst().window());
  }

  @Test
  void a_surplus_of_an_ended_window_is_dropped() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.DEL, C);

    settle(limiter, "1", 20, holds);

    assertThat(redis.get(C)).isNull();
    assertThat(admitted(limiter, request("2").by("bob").estimate(100)).tightest().remaining())
        .isZero();
  }

  @Test
  void an_overrun_of_an_ended_window_becomes_debt_in_the_one_that_runs() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.DEL, C);
    List<LimitHold> fresh = admitted(limiter, request("2").by("bob").estimate(10)).holds();

    settle(limiter, "1", 85, holds);
    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(held()).isEqualTo(10);

    settle(limiter, "2", 10, fresh);
    assertThat(redis.get(C)).isEqualTo("35");
  }

  @Test
  void an_overrun_begins_a_window_where_none_runs() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.DEL, C);

    settle(limiter, "1", 85, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
  }

  @Test
  void a_window_that_another_program_began_is_a_new_one() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(100)).holds();
    redis.windowEnded(C);
    redis.send(Command.SET, C, "10", "PX", "60000");

    assertThat(admitted(limiter, request("2").by("bob").estimate(50)).holds().getFirst().tokens())
        .isEqualTo(50);
    settle(limiter, "1", 40, holds);

    assertThat(redis.get(C)).isEqualTo("10");
    assertThat(held()).isEqualTo(50);
  }

  @Test
  void a_counter_that_was_deleted_and_written_anew_begins_a_window_without_holds()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> first = admitted(limiter, request("1").by("bob").estimate(40)).holds();
    List<LimitHold> other = admitted(limiter, request("2").by("bob").estimate(40)).holds();
    redis.send(Command.DEL, C);
    settle(limiter, "1", 10, first);
    redis.send(Command.SET, C, "30");

    assertThat(admitted(limiter, request("3").by("bob").estimate(90)).holds().getFirst().tokens())
        .isEqualTo(70);
    settle(limiter, "2", 10, other);
    assertThat(redis.get(C)).isEqualTo("30");
    assertThat(held()).isEqualTo(70);
  }

  @Test
  void a_renewed_hold_lives_on_with_its_stamp() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    leaseRunsOut("1");

    redis.on(() -> limiter.renew(Asks.open("1", 42, holds)));

    String[] hold = redis.hold(C, "1").split(" ");
    assertThat(hold).startsWith("held", "60", holds.getFirst().window(), "42");
    assertThat(Long.parseLong(hold[4]))
        .isGreaterThan(System.currentTimeMillis() + Lease.LENGTH.toMillis() / 2);
  }

  @Test
  void an_older_stamp_does_not_replace_a_newer_one() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();

    redis.on(() -> limiter.renew(Asks.open("1", 42, holds)));
    redis.on(() -> limiter.renew(Asks.open("1", 17, holds)));

    assertThat(redis.hold(C, "1")).contains(" 42 ");
  }

  @Test
  void a_hold_whose_lease_ran_out_is_billed_at_its_last_stamp() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(90)).holds();
    redis.on(() -> limiter.renew(Asks.open("1", 42, holds)));
    leaseRunsOut("1");

    Admitted next = admitted(limiter, request("2").by("bob").estimate(90));

    assertThat(next.holds().getFirst().tokens()).isEqualTo(58);
    assertThat(redis.get(C)).isEqualTo("42");
    assertThat(held()).isEqualTo(58);
  }

  @Test
  void a_late_settlement_adds_only_what_was_not_billed_yet() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.on(() -> limiter.renew(Asks.open("1", 42, holds)));
    leaseRunsOut("1");
    admitted(limiter, request("2").by("bob").estimate(5));

    settle(limiter, "1", 50, holds);
    settle(limiter, "1", 50, holds);

    assertThat(redis.get(C)).isEqualTo("50");
    assertThat(held()).isEqualTo(5);
  }

  @Test
  void a_late_settlement_in_a_later_window_owes_what_the_stamp_had_not_seen() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.on(() -> limiter.renew(Asks.open("1", 42, holds)));
    leaseRunsOut("1");
    admitted(limiter, request("2").by("bob").estimate(5));
    redis.send(Command.DEL, C);

    settle(limiter, "1", 50, holds);

    assertThat(redis.get(C)).isEqualTo("8");
  }

  @Test
  void renewal_revives_a_billed_hold_and_no_settled_one() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> settled = admitted(limiter, request("1").by("bob").estimate(30)).holds();
    List<LimitHold> billed = admitted(limiter, request("2").by("bob").estimate(30)).holds();
    settle(limiter, "1", 10, settled);
    leaseRunsOut("2");
    settle(limiter, "3", 1, List.of(neverHeld(settled.getFirst())));

    redis.on(() -> limiter.renew(Asks.open("1", 99, settled)));
    redis.on(() -> limiter.renew(Asks.open("2", 99, billed)));

    assertThat(redis.hold(C, "1")).isNull();
    assertThat(redis.hold(C, "2")).startsWith("held 99 ");
    assertThat(redis.get(C)).isEqualTo("11");
    assertThat(held()).as("what it has used so far is more than it held").isEqualTo(99);
  }

  @Test
  void usage_without_a_hold_counts_in_the_window_that_runs() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    LimitHold none =
        neverHeld(admitted(limiter, request("1").by("bob").estimate(30)).holds().getFirst());

    settle(limiter, "2", 40, List.of(none));
    settle(limiter, "2", 40, List.of(none));

    assertThat(redis.get(C)).isEqualTo("40");
    assertThat(held()).isEqualTo(30);
  }

  @Test
  void a_hold_that_redis_has_forgotten_is_settled_from_what_the_request_remembers()
      throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.HDEL, HOLDS, "hold:1");

    settle(limiter, "1", 70, holds);
    assertThat(redis.get(C)).isEqualTo("70");

    redis.send(Command.FLUSHALL);
    settle(limiter, "1", 70, holds);
    assertThat(redis.get(C)).isEqualTo("70");
    assertThat(redis.send(Command.PTTL, C).toLong()).isBetween(1L, 60_000L);
  }

  @Test
  void nothing_that_is_written_stays_for_ever() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    admitted(limiter, request("2").by("bob").estimate(10));
    settle(limiter, "1", 70, holds);
    redis.on(() -> limiter.renew(Asks.open("2", 1, holds)));

    for (Response key : redis.send(Command.KEYS, "*")) {
      assertThat(redis.millisToLive(key.toString()))
          .as(key.toString())
          .isBetween(1L, Duration.ofDays(15).toMillis());
    }
    assertThat(redis.send(Command.KEYS, "*").size()).isEqualTo(4);
  }

  @Test
  void ids_that_were_settled_more_than_two_generations_ago_are_forgotten() throws Exception {
    // So long that none ends meanwhile.
    Duration generation = Duration.ofMillis(System.currentTimeMillis() / 5);
    RedisLimiter limiter =
        limiter(new CounterTimes(Lease.LENGTH, generation, Duration.ofDays(1)), HUNDRED);
    List<LimitHold> none =
        List.of(neverHeld(admitted(limiter, request("1").by("bob")).holds().getFirst()));
    redis.send(Command.SADD, "{" + C + "}:settled:3", "two ago");
    redis.send(Command.SADD, "{" + C + "}:settled:2", "longer ago");

    settle(limiter, "two ago", 40, none);
    assertThat(redis.get(C)).isEqualTo("0");

    settle(limiter, "longer ago", 40, none);
    assertThat(redis.get(C)).isEqualTo("40");
  }

  @Test
  void a_settlement_counts_on_from_what_another_program_wrote() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    redis.send(Command.SET, C, "30");

    settle(limiter, "1", 20, holds);

    assertThat(redis.get(C)).isEqualTo("50");
    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
    assertThat(held()).isZero();
  }

  @Test
  void a_settlement_leaves_a_counter_alone_that_holds_no_integer_any_more() throws Exception {
    RedisLimiter limiter = limiter(HUNDRED);
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(60)).holds();
    for (String broken : List.of("a lot", "007", "1.5")) {
      redis.send(Command.SET, C, broken, "KEEPTTL");

      assertThatThrownBy(() -> settle(limiter, "1", 20, holds))
          .hasRootCauseInstanceOf(BrokenCounter.class);
      assertThat(redis.get(C)).isEqualTo(broken);
    }
    assertThat(held()).as("held until it is settled").isEqualTo(60);

    redis.send(Command.SET, C, "5", "KEEPTTL");
    settle(limiter, "1", 20, holds);
    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(redis.millisToLive(C)).isBetween(50_000L, 60_000L);
  }

  @Test
  void of_many_leases_that_ran_out_each_call_bills_a_hundred_until_all_are_billed()
      throws Exception {
    RedisLimiter limiter = limiter(perConsumer(1000));
    Map<String, List<LimitHold>> holds = new HashMap<>();
    for (int i = 0; i < 150; i++) {
      String id = "r" + i;
      holds.put(id, admitted(limiter, request(id).by("bob").estimate(2)).holds());
    }
    for (String id : holds.keySet()) {
      redis.on(() -> limiter.renew(Asks.open(id, 1, holds.get(id))));
      leaseRunsOut(id);
    }

    admitted(limiter, request("next").by("bob").estimate(1));
    assertThat(redis.get(C)).isEqualTo("100");
    assertThat(held()).isEqualTo(101);

    admitted(limiter, request("last").by("bob").estimate(1));
    assertThat(redis.get(C)).isEqualTo("150");
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void a_counter_that_holds_no_integer_is_as_good_as_unreachable() throws Exception {
    redis.send(Command.SET, C, "a lot");
    RedisLimiter open = limiter(HUNDRED);
    Admitted admitted = admitted(open, request("1").by("bob"));
    assertThat(admitted.holds().getFirst().window()).isEmpty();
    assertThat(admitted.tightest()).isNull();
    assertThat(redis.meters.counter("tollgate.limit.failopen", "rule", "r").count()).isPositive();

    assertThatThrownBy(() -> settle(open, "1", 5, admitted.holds()))
        .hasRootCauseInstanceOf(BrokenCounter.class);
    assertThat(redis.millisToLive(C)).isPositive();

    redis.send(Command.DEL, C);
    settle(open, "1", 5, admitted.holds());
    assertThat(redis.get(C)).isEqualTo("5");
  }

  @Test
  void a_key_of_another_kind_in_the_counters_place_spoils_no_other_counter() throws Exception {
    redis.send(Command.HSET, C, "a", "b");
    LimitBlock both =
        block(
            "r", LimitTerms.fixed(50, 60), item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 100));

    Admitted admitted = admitted(limiter(both), request("1").by("bob").estimate(20));

    assertThat(admitted.holds()).extracting(LimitHold::tokens).containsExactly(20L, 0L);
    assertThat(admitted.tightest().remaining()).isEqualTo(30);
  }

  @Test
  void large_amounts_are_counted_to_the_last_token() throws Exception {
    long cap = 1L << 49;
    RedisLimiter limiter = limiter(perConsumer(cap));
    List<LimitHold> holds = admitted(limiter, request("1").by("bob").estimate(cap - 1)).holds();
    assertThat(holds.getFirst().tokens()).isEqualTo(cap - 1);

    settle(limiter, "1", cap - 1, holds);

    assertThat(redis.get(C)).isEqualTo(Long.toString(cap - 1));
    assertThat(admitted(limiter, request("2").by("bob")).holds().getFirst().tokens()).isEqualTo(1);
  }

  private static LimitHold neverHeld(LimitHold hold) {
    return new LimitHold(hold.store(), hold.key(), hold.terms(), "", 0);
  }

  private static void leaseRunsOut(String id) throws Exception {
    redis.leaseRunsOut(C, id);
  }

  private static Long held() throws Exception {
    return redis.held(C);
  }

  private static void settle(RedisLimiter limiter, String id, long tokens, List<LimitHold> holds)
      throws Exception {
    redis.on(() -> limiter.settle(Asks.used(id, tokens, holds)));
  }

  private static Admission admit(RedisLimiter limiter, Asks asks) throws Exception {
    return redis.on(() -> limiter.admit(asks.ask()));
  }

  private static Admitted admitted(RedisLimiter limiter, Asks asks) throws Exception {
    return (Admitted) admit(limiter, asks);
  }

  private static LimitBlock perConsumer(long tokens) {
    return block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", tokens));
  }

  private static RedisLimiter limiter(LimitBlock... blocks) {
    return limiter(CounterTimes.USUAL, blocks);
  }

  private static RedisLimiter limiter(CounterTimes times, LimitBlock... blocks) {
    return Limiters.limiter(
        redis,
        Limiters.rules(blocks),
        new CounterStore(redis.link, Limiters.names(), times, CounterScripts.USUAL));
  }
}
