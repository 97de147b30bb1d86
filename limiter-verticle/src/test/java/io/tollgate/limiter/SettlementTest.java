package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.store.LeaseSweep;
import io.tollgate.store.RedisLink;
import io.tollgate.store.Turn;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settlements that come late, again or after the lease, and leases that nobody asks about. */
@Timeout(60)
class SettlementTest {
  private static final String C =
      "higress-token-ratelimit:r:limit_by_per_consumer:60:x-mse-consumer:bob";
  private static final String MEMBER = "60000 " + C;
  private static final long A_DAY_AGO = System.currentTimeMillis() - Duration.ofDays(1).toMillis();

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static CounterNames names;

  private final CounterStore store = new CounterStore(redis.link, names);
  private final RedisLimiter limiter = limiter(store);

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    names = Limiters.names();
  }

  @AfterAll
  static void stop() throws Exception {
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void a_settlement_that_comes_again_after_all_is_forgotten_is_known_by_its_missing_hold()
      throws Exception {
    List<LimitHold> holds = admit("1", 60);
    settle("1", 25, holds);
    redis.deleteAll("*:settled:*");

    settleLate("1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
  }

  @Test
  void a_settlement_that_was_never_delivered_counts_however_late_it_comes() throws Exception {
    List<LimitHold> holds = admit("1", 60);
    redis.on(() -> limiter.renew(Asks.open("1", 10, holds)));
    leaseRunsOut("1");
    reap();
    billedMoves("1");
    assertThat(redis.hold(C, "1")).isNull();

    settleLate("1", 25, holds);
    settleLate("1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(billedHashes()).as("what was billed is not kept on").isEmpty();
  }

  @Test
  void a_settlement_in_whose_call_the_billed_hold_moves_pays_only_the_difference()
      throws Exception {
    List<LimitHold> holds = admit("1", 60);
    redis.on(() -> limiter.renew(Asks.open("1", 10, holds)));
    leaseRunsOut("1");
    reap();
    assertThat(redis.leaseRunsOut(C, "1", "billed")).isTrue();

    settle("1", 25, holds);
    settle("1", 25, holds);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(billedHashes()).isEmpty();
  }

  @Test
  void what_never_was_held_counts_once_however_late_while_it_is_remembered() throws Exception {
    LimitHold hold = admit("other", 1).getFirst();
    List<LimitHold> none = List.of(new LimitHold(hold.store(), hold.key(), hold.terms(), "", 0));

    settleLate("1", 25, none);
    settleLate("1", 25, none);

    assertThat(redis.get(C)).isEqualTo("25");
  }

  @Test
  void a_hold_of_a_late_admission_is_free_when_its_settlement_comes_again_in_the_next_generation()
      throws Exception {
    // A generation that has begun a second ago, after one that lasted very long.
    Duration generation = Duration.ofMillis(System.currentTimeMillis() - 1000);
    CounterStore young =
        new CounterStore(
            redis.link,
            names,
            new CounterTimes(Duration.ofSeconds(8), generation, Duration.ofDays(1)),
            CounterScripts.USUAL);
    redis.send(Command.SADD, "{" + C + "}:settled:0", "1");
    List<LimitHold> holds = admit("1", 60);

    redis.on(() -> limiter(young).settle(Asks.used("1", 25, holds)));

    assertThat(redis.get(C)).isEqualTo("0");
    assertThat(redis.held(C)).isZero();
  }

  @Test
  void a_hold_of_a_late_admission_leaves_nothing_when_its_lease_runs_out() throws Exception {
    settle("1", 25, admit("1", 60));
    List<LimitHold> again = admit("1", 60);
    leaseRunsOut("1");

    reap();
    redis.deleteAll("*:settled:*");
    settleLate("1", 25, again);

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(redis.held(C)).isZero();
  }

  @Test
  void two_nodes_that_settle_the_same_at_once_count_once() throws Exception {
    RedisLimiter other = limiter(new CounterStore(redis.anotherLink(), names));
    List<LimitHold> holds = admit("1", 60);

    redis.on(
        () ->
            Future.all(
                limiter.settle(Asks.used("1", 25, holds)),
                other.settle(Asks.used("1", 25, holds))));

    assertThat(redis.get(C)).isEqualTo("25");
    assertThat(redis.held(C)).isZero();
  }

  @Test
  void a_paused_nodes_request_is_held_again_and_billed_exactly() throws Exception {
    List<LimitHold> holds = admit("1", 60);
    redis.on(() -> limiter.renew(Asks.open("1", 10, holds)));
    leaseRunsOut("1");
    reap();
    assertThat(redis.get(C)).isEqualTo("10");
    assertThat(redis.held(C)).isZero();
    billedMoves("1");

    redis.on(() -> limiter.renew(Asks.open("1", 30, holds)));
    assertThat(redis.get(C)).isEqualTo("0");
    assertThat(redis.held(C)).isEqualTo(60);

    leaseRunsOut("1");
    reap();
    assertThat(redis.get(C)).as("it died after all").isEqualTo("30");
    settle("1", 35, holds);
    assertThat(redis.get(C)).isEqualTo("35");
  }

  @Test
  void what_was_billed_in_an_ended_window_stays_there_and_the_rest_is_a_debt() throws Exception {
    List<LimitHold> holds = admit("1", 60);
    redis.on(() -> limiter.renew(Asks.open("1", 10, holds)));
    leaseRunsOut("1");
    reap();
    redis.send(Command.DEL, C);

    redis.on(() -> limiter.renew(Asks.open("1", 30, holds)));
    assertThat(redis.get(C)).isNull();

    settle("1", 35, holds);
    assertThat(redis.get(C)).isEqualTo("25");
  }

  @Test
  void a_request_that_passed_while_the_store_was_away_is_billed_at_its_stamp_when_its_node_dies()
      throws Exception {
    LimitHold hold = admit("other", 1).getFirst();
    List<LimitHold> none = List.of(new LimitHold(hold.store(), hold.key(), hold.terms(), "", 0));

    redis.on(() -> limiter.renew(Asks.open("1", 30, none)));
    leaseRunsOut("1");
    reap();

    assertThat(redis.get(C)).isEqualTo("30");
    settle("1", 25, none);
    assertThat(redis.get(C)).isEqualTo("25");
  }

  @Test
  void a_hold_that_the_store_has_lost_is_stamped_again_and_billed_in_its_window() throws Exception {
    List<LimitHold> holds = admit("1", 60);
    redis.send(Command.FLUSHALL);
    redis.nextMillisecond();

    redis.on(() -> limiter.renew(Asks.open("1", 75, holds)));
    leaseRunsOut("1");
    reap();

    assertThat(redis.get(C)).isEqualTo("75");
  }

  @Test
  void holds_of_a_dead_node_are_billed_and_freed_although_nobody_calls() throws Exception {
    CounterStore dead = shortLived(redis.link);
    CounterStore alive = shortLived(redis.anotherLink());
    List<LimitHold> holds = new ArrayList<>();
    holds.addAll(admitted(limiter(dead), "1", 60));
    redis.on(() -> limiter(dead).renew(Asks.open("1", 42, holds)));

    LeaseSweep sweep = redis.on(() -> Future.succeededFuture(alive.sweep(redis.vertx, new Turn())));
    while (redis.send(Command.EXISTS, CounterStore.LEASES).toInteger() == 1) {
      redis.on(() -> redis.vertx.timer(20));
    }
    sweep.stop();

    assertThat(redis.get(C)).isEqualTo("42");
    assertThat(redis.held(C)).isZero();
    assertThat(redis.millisToLive(RedisFixture.holdsOf(C)))
        .as("without holds, the hash need not be kept for a week")
        .isLessThan(Duration.ofHours(2).toMillis());
  }

  @Test
  void a_counter_with_holds_is_in_the_index_and_looked_at_when_the_first_may_run_out()
      throws Exception {
    List<LimitHold> holds = admit("1", 60);

    assertThat(redis.send(Command.ZSCORE, CounterStore.LEASES, MEMBER)).isNotNull();
    assertThat(reap()).isBetween(1L, 8000L);
    settle("1", 1, holds);
    redis.timePasses(C);
    assertThat(reap()).isNegative();
  }

  @Test
  void a_counter_that_cannot_be_looked_at_stops_no_other() throws Exception {
    List<LimitHold> holds = admit("1", 60);
    leaseRunsOut("1");
    redis.send(Command.SET, RedisFixture.holdsOf("broken"), "no hash");

    List<Long> delays =
        redis.on(() -> store.reap(List.of("60000 warm-up", "60000 broken", MEMBER)));

    assertThat(delays).hasSize(3).element(1).isEqualTo(8000L);
    assertThat(redis.hold(C, "1")).startsWith("billed");
    assertThat(holds).hasSize(1);
  }

  private CounterStore shortLived(RedisLink link) {
    return new CounterStore(
        link,
        names,
        new CounterTimes(Duration.ofMillis(100), Duration.ofMinutes(30), Duration.ofDays(1)),
        CounterScripts.USUAL);
  }

  private long reap() throws Exception {
    return redis.on(() -> store.reap(List.of(MEMBER))).getFirst();
  }

  private static void leaseRunsOut(String id) throws Exception {
    assertThat(redis.leaseRunsOut(C, id, "held")).isTrue();
  }

  private void billedMoves(String id) throws Exception {
    assertThat(redis.leaseRunsOut(C, id, "billed")).isTrue();
    reap();
  }

  private static List<String> billedHashes() throws Exception {
    return redis.send(Command.KEYS, "*:billed:*").stream().map(Object::toString).toList();
  }

  private List<LimitHold> admit(String id, long estimate) throws Exception {
    return admitted(limiter, id, estimate);
  }

  private static List<LimitHold> admitted(RedisLimiter limiter, String id, long estimate)
      throws Exception {
    return ((Admitted)
            redis.on(() -> limiter.admit(request(id).by("bob").estimate(estimate).ask())))
        .holds();
  }

  private void settle(String id, long tokens, List<LimitHold> holds) throws Exception {
    redis.on(() -> limiter.settle(Asks.used(id, tokens, holds)));
  }

  private void settleLate(String id, long tokens, List<LimitHold> holds) throws Exception {
    redis.on(() -> limiter.settle(Asks.ended(A_DAY_AGO, id, tokens, holds)));
  }

  private static RedisLimiter limiter(CounterStore store) {
    return Limiters.limiter(
        redis,
        Limiters.rules(block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 100))),
        store);
  }
}
