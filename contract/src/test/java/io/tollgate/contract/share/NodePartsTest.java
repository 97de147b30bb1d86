package io.tollgate.contract.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodePartsTest {
  private static final LimitTerms NINETY = LimitTerms.fixed(90, 60);
  private static final Ask MINUTE = Ask.limit("minute", LimitTerms.fixed(90, 60), 1, false);
  private static final Ask STRICT = Ask.limit("strict", LimitTerms.fixed(90, 60), 1, true);
  private static final Ask BALANCE = Ask.balance("balance", Count.TOTAL, 1);

  private static final Ask RUNNING = Ask.limit("running", LimitTerms.concurrent(6), 1, false);

  private long now = 1_000_000;
  private final NodeParts parts = new NodeParts(() -> now, () -> Instant.ofEpochMilli(now));

  @Test
  void a_node_gets_its_part_of_a_limit_that_was_never_seen() {
    assertThat(take("1", 20, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 0, 20, 0, 60_000))));
    assertThat(take("2", 20, 3, MINUTE))
        .as("one may cross the part")
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 0, 40, 0, 60_000))));
    assertThat(take("3", 1, 3, MINUTE))
        .isEqualTo(new Shared.Spent(0, new Standing(30, 0, 40, 60_000, 60_000)));
  }

  @Test
  void what_was_used_when_the_store_was_last_heard_is_not_divided() {
    parts.sawLimit("minute", NINETY, 30, 10_000);
    now += 4000;

    assertThat(take("1", 5, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(20, 0, 5, 0, 6000))));
    now += 6000;
    assertThat(take("2", 5, 3, MINUTE))
        .as("the next window is as long as the rule says")
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 0, 5, 0, 60_000))));
  }

  @Test
  void a_limit_that_was_seen_spent_stays_so_until_its_window_ends() {
    parts.sawLimit("minute", NINETY, 90, 10_000);

    assertThat(take("1", 5, 3, MINUTE))
        .isEqualTo(new Shared.Spent(0, new Standing(0, 0, 0, 10_000, 10_000)));
    now += 10_000;
    assertThat(take("1", 5, 3, MINUTE)).isInstanceOf(Shared.Held.class);
  }

  @Test
  void a_part_is_at_least_one_token() {
    assertThat(take("1", 5, 1000, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(1, 0, 5, 0, 60_000))));
    assertThat(take("2", 5, 1000, MINUTE)).isInstanceOf(spent());
  }

  @Test
  void a_strict_limit_admits_only_what_fits_its_part_whole() {
    assertThat(take("1", 31, 3, STRICT)).isInstanceOf(Shared.Spent.class);
    assertThat(take("1", 30, 3, STRICT)).isInstanceOf(Shared.Held.class);
  }

  @Test
  void a_part_does_not_grow_before_its_window_ends_when_nodes_go_away() {
    take("1", 30, 3, MINUTE);

    assertThat(take("2", 1, 1, MINUTE)).isInstanceOf(Shared.Spent.class);
    now += 60_000;
    assertThat(take("2", 90, 1, MINUTE)).isInstanceOf(Shared.Held.class);
  }

  @Test
  void a_part_shrinks_at_once_when_nodes_come() {
    take("1", 20, 3, MINUTE);

    assertThat(take("2", 1, 9, MINUTE))
        .isEqualTo(new Shared.Spent(0, new Standing(10, 0, 20, 60_000, 60_000)));
  }

  @Test
  void a_second_answer_does_not_cross_the_part_when_others_give_back() {
    take("1", 25, 3, MINUTE);
    take("2", 40, 3, MINUTE);
    parts.settle("1", tokens(20));

    assertThat(take("3", 40, 3, MINUTE)).isInstanceOf(spent());
  }

  @Test
  void settlement_is_signed_and_happens_once() {
    take("1", 10, 3, MINUTE);
    parts.settle("1", tokens(4));
    parts.settle("1", tokens(4));

    assertThat(take("2", 10, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 4, 10, 0, 60_000))));
  }

  @Test
  void asking_again_takes_nothing_twice() {
    take("1", 10, 3, MINUTE);

    assertThat(take("1", 10, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 0, 10, 0, 60_000))));
  }

  @Test
  void of_a_window_that_has_ended_only_the_overrun_counts() {
    take("1", 10, 3, MINUTE);
    take("2", 10, 3, MINUTE);
    parts.renew("1", tokens(1));
    now += 60_000;
    take("3", 1, 3, MINUTE);
    assertThat(standing(MINUTE).used()).as("their leases ran out in the last window").isZero();

    take("4", 10, 3, MINUTE);
    parts.settle("4", tokens(25));
    now += 60_000;
    take("5", 10, 3, MINUTE);
    now += 60_000 - 1;
    parts.renew("5", tokens(1));
    now += 1;
    parts.settle("5", tokens(25));

    assertThat(standing(MINUTE).used()).isEqualTo(15);
  }

  @Test
  void a_hold_that_nobody_renews_counts_as_used() {
    take("1", 10, 3, MINUTE);
    take("2", 10, 3, MINUTE);
    now += Lease.LENGTH.toMillis() - 1;
    parts.renew("2", tokens(12));
    now += 1;

    assertThat(take("3", 1, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 10, 11, 0, 51_999 + 1))));
    now += Lease.LENGTH.toMillis();
    assertThat(standing(MINUTE).used()).as("10, the stamp 12, and 1").isEqualTo(23);
  }

  @Test
  void all_are_taken_or_none() {
    parts.sawLimit("strict", NINETY, 87, 60_000);

    assertThat(take("1", 20, 3, MINUTE, STRICT))
        .isEqualTo(new Shared.Spent(1, new Standing(1, 0, 0, 60_000, 60_000)));
    assertThat(standing(MINUTE).held()).isZero();
  }

  @Test
  void a_balance_is_divided_once_and_never_filled_again() {
    parts.sawBalance("balance", 90);

    take("1", 30, 3, BALANCE);
    parts.settle("1", tokens(30));
    now += 86_400_000;

    assertThat(take("2", 1, 1, BALANCE))
        .isInstanceOfSatisfying(
            Shared.Spent.class,
            spent -> {
              assertThat(spent.standing().part()).isEqualTo(30);
              assertThat(spent.standing().used()).isEqualTo(30);
            });
  }

  @Test
  void a_balance_that_was_never_seen_is_unknown_and_nothing_else_is_taken() {
    assertThat(take("1", 30, 3, MINUTE, BALANCE))
        .isInstanceOfSatisfying(
            Shared.Unknown.class,
            unknown -> {
              assertThat(unknown.index()).isEqualTo(1);
              assertThat(unknown.reason()).contains("not seen before");
            });
    assertThat(standing(MINUTE).held()).isZero();
  }

  @Test
  void the_part_ends_when_the_store_answers_for_its_counter_again() {
    take("1", 30, 3, MINUTE);
    parts.confirmed("1");
    now += PartTable.MIXED_MILLIS - 1;
    parts.sawLimit("minute", NINETY, 80, 50_000);
    assertThat(take("2", 1, 3, MINUTE)).as("other loops still go by it").isInstanceOf(spent());

    now += PartTable.MIXED_MILLIS;
    parts.sawLimit("minute", NINETY, 30, 50_000);

    assertThat(take("3", 5, 3, MINUTE))
        .isEqualTo(new Shared.Held(List.of(new Standing(20, 0, 5, 0, 50_000))));
  }

  @Test
  void a_part_objects_to_what_the_store_admits_until_the_store_knows_all() {
    take("1", 20, 3, MINUTE);
    now += PartTable.MIXED_MILLIS;
    parts.sawLimit("minute", NINETY, 0, 50_000);

    assertThat(parts.objection("minute", 7)).isNull();
    assertThat(parts.objection("minute", 7)).isNull();
    assertThat(parts.objection("minute", 7)).isEqualTo(new Standing(30, 14, 20, 1000, 1000));
    parts.confirmed("1");
    parts.sawLimit("minute", NINETY, 30, 50_000);
    assertThat(parts.objection("minute", 7)).isNull();
  }

  @Test
  void bills_that_others_may_have_delivered_are_not_waited_for_without_end() {
    take("1", 40, 3, MINUTE);
    now += PartTable.LONGEST_WAIT_MILLIS;
    parts.sawLimit("minute", NINETY, 30, 20_000);

    assertThat(parts.objection("minute", 7)).isNull();
  }

  @Test
  void a_window_of_the_calendar_ends_with_it() {
    LimitTerms day = daily(Algorithm.FIXED_WINDOW, 90);
    now = Instant.parse("2026-03-29T00:30:00Z").toEpochMilli();

    assertThat(take("1", 5, 3, Ask.limit("day", day, 1, false)))
        .as("at 1:30 of a day of 23 hours in Berlin")
        .isEqualTo(
            new Shared.Held(List.of(new Standing(30, 0, 5, 0, 21 * 3_600_000L + 1_800_000))));
  }

  @Test
  void a_rule_whose_number_changes_meanwhile_keeps_what_is_used() {
    parts.sawLimit("minute", NINETY, 30, 50_000);
    take("1", 20, 3, MINUTE);

    Ask less = Ask.limit("minute", LimitTerms.fixed(60, 60), 1, false);
    assertThat(take("2", 1, 3, less))
        .isEqualTo(new Shared.Spent(0, new Standing(10, 0, 20, 50_000, 50_000)));
    Ask more = Ask.limit("minute", LimitTerms.fixed(120, 60), 1, false);
    assertThat(take("2", 5, 3, more))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 0, 25, 0, 50_000))));
  }

  @Test
  void a_rule_that_gets_another_algorithm_meanwhile_keeps_what_is_used_and_held() {
    take("1", 10, 3, MINUTE);
    parts.settle("1", tokens(4));
    take("2", 10, 3, MINUTE);
    Ask bucket = Ask.limit("minute", daily(Algorithm.TOKEN_BUCKET, 90), 1, false);

    take("3", 5, 3, bucket);
    assertThat(standing(bucket))
        .extracting(Standing::used, Standing::held)
        .containsExactly(14L, 5L);
    parts.settle("2", tokens(25));
    assertThat(standing(bucket).used()).as("what went beyond the hold comes to it").isEqualTo(29);
  }

  @Test
  void a_bucket_refills_at_this_nodes_part_of_the_rate() {
    Ask bucket = Ask.limit("bucket", terms(Algorithm.TOKEN_BUCKET, 60, 30), 1, false);
    take("1", 10, 3, bucket);

    assertThat(take("2", 1, 3, bucket))
        .as("one token in 3 s, where all nodes together get one a second")
        .isEqualTo(new Shared.Spent(0, new Standing(10, 0, 10, 3000, 30_000)));
    parts.settle("1", tokens(10));
    now += 2999;
    assertThat(take("2", 1, 3, bucket)).isInstanceOf(spent());
    now += 1;
    assertThat(take("2", 1, 3, bucket)).isInstanceOf(held());
    assertThat(take("3", 1, 3, bucket)).isInstanceOf(spent());
  }

  @Test
  void what_was_seen_in_a_bucket_runs_off_before_it_is_shared() {
    Ask bucket = Ask.limit("bucket", terms(Algorithm.LEAKY_BUCKET, 60, 30), 1, false);
    parts.sawLimit("bucket", bucket.limit(), 30, 30_000);
    now += 15_000;

    assertThat(take("1", 2, 3, bucket))
        .isEqualTo(new Shared.Held(List.of(new Standing(10, 5, 2, 0, 21_000))));
  }

  @Test
  void a_sliding_window_gives_back_what_is_a_period_ago_and_not_more() {
    Ask sliding = Ask.limit("sliding", terms(Algorithm.SLIDING_WINDOW, 90, 90), 1, false);
    now = 1_200_000;
    take("1", 20, 3, sliding);
    parts.settle("1", tokens(20));
    now += 30_000;
    take("2", 10, 3, sliding);
    parts.settle("2", tokens(10));

    assertThat(take("3", 1, 3, sliding))
        .isEqualTo(new Shared.Spent(0, new Standing(30, 30, 0, 32_000, 62_000)));
    now += 32_000;
    assertThat(take("3", 19, 3, sliding))
        .isEqualTo(new Shared.Held(List.of(new Standing(30, 10, 19, 0, 62_000))));
  }

  @Test
  void what_is_in_progress_is_free_again_when_it_ends_or_is_not_heard_of() {
    assertThat(take("1", 1, 3, RUNNING))
        .isEqualTo(new Shared.Held(List.of(new Standing(2, 0, 1, 0, 1000))));
    take("2", 1, 3, RUNNING);
    assertThat(take("3", 1, 3, RUNNING))
        .isEqualTo(new Shared.Spent(0, new Standing(2, 0, 2, 1000, 1000)));

    parts.settle("1", tokens(1000));
    assertThat(take("3", 1, 3, RUNNING)).isInstanceOf(held());
    now += Lease.LENGTH.toMillis() - 1;
    parts.renew("2", tokens(5));
    now += 1;
    assertThat(take("4", 1, 3, RUNNING)).as("3 is not heard of").isInstanceOf(held());
    assertThat(take("5", 1, 3, RUNNING)).isInstanceOf(spent());
  }

  @Test
  void what_the_store_admitted_is_in_progress_when_it_goes_away() {
    for (String id : List.of("a", "b", "c")) {
      parts.objection(id, "running", RUNNING.limit(), 1);
    }
    parts.sawLimit("running", RUNNING.limit(), 4, 1000);

    assertThat(take("1", 1, 2, RUNNING))
        .as("its own three, and half of the two that are free on all nodes")
        .isEqualTo(new Shared.Held(List.of(new Standing(4, 0, 4, 0, 1000))));
    assertThat(take("2", 1, 2, RUNNING)).isInstanceOf(spent());
    parts.left("a", "running");
    parts.left("a", "running");
    parts.left("never", "running");
    assertThat(take("2", 1, 2, RUNNING)).isInstanceOf(held());
    assertThat(take("3", 1, 2, RUNNING)).isInstanceOf(spent());
  }

  @Test
  void a_part_of_what_is_in_progress_lasts_until_the_store_knows_all_of_it() {
    take("1", 1, 3, RUNNING);
    take("2", 1, 3, RUNNING);
    parts.confirmed("1");
    parts.confirmed("2");
    for (int seconds = 0; seconds < 60; seconds++) {
      now += 1000;
      parts.renew("1", tokens(1));
      parts.sawLimit("running", RUNNING.limit(), 0, 1000);
    }

    assertThat(parts.objection("3", "running", RUNNING.limit(), 1))
        .as("one runs, and one more may")
        .isNull();
    assertThat(parts.objection("running", 1)).isEqualTo(new Standing(2, 0, 2, 1000, 1000));
    parts.settle("1", tokens(1));
    parts.sawLimit("running", RUNNING.limit(), 1, 1000);
    assertThat(parts.objection("running", 1)).isNull();
  }

  @Test
  void what_is_in_progress_is_bounded() {
    InProgress running = new InProgress(100);
    for (int i = 0; i < 1000; i++) {
      running.enter("r" + i, "c" + i % 10, now);
    }
    assertThat(running.on("c3", now)).isEqualTo(10);
    assertThat(running.on("c3", now + Lease.LENGTH.toMillis())).isZero();
  }

  @Test
  void sights_parts_and_holds_are_bounded() {
    parts.sawBalance("first", 30);
    for (int i = 0; i < PartTable.MOST_SIGHTS; i++) {
      parts.sawBalance("other" + i, 30);
    }
    assertThat(take("1", 1, 1, Ask.balance("first", Count.TOTAL, 1)))
        .isInstanceOf(Shared.Unknown.class);

    for (int i = 0; i < PartTable.MOST_PARTS; i++) {
      take("r" + i, 1, 1, Ask.limit("c" + i, LimitTerms.fixed(10, 60), 1, false));
    }
    assertThat(take("2", 1, 1, MINUTE)).isInstanceOf(Shared.Unknown.class);
    now += 60_000;
    assertThat(take("2", 1, 1, MINUTE)).as("ended windows make room").isInstanceOf(held());

    for (int i = 0; i < NodeParts.MOST_REQUESTS; i++) {
      take("many" + i, 1, 1, Ask.limit("wide", LimitTerms.fixed(1_000_000, 60), 1, false));
    }
    assertThat(take("last", 1, 1, Ask.limit("wide", LimitTerms.fixed(1_000_000, 60), 1, false)))
        .isInstanceOf(Shared.Unknown.class);
  }

  /** Seen by a request that takes nothing, as it asks for more than any part has. */
  private Standing standing(Ask ask) {
    Ask probe = new Ask(ask.counter(), ask.terms(), ask.count(), 1, true);
    return ((Shared.Spent) take("probe", Long.MAX_VALUE, 1, probe)).standing();
  }

  private Shared take(String id, long estimate, int nodes, Ask... asks) {
    return parts.take(id, Stream.of(asks).map(ask -> expecting(estimate, ask)).toList(), nodes);
  }

  private static Ask expecting(long estimate, Ask ask) {
    return new Ask(ask.counter(), ask.terms(), ask.count(), estimate, ask.strict());
  }

  /** In a minute. */
  private static LimitTerms terms(Algorithm algorithm, long amount, long burst) {
    return new LimitTerms(algorithm, Period.ofSeconds(60), Count.TOTAL, amount, burst);
  }

  private static LimitTerms daily(Algorithm algorithm, long amount) {
    Period day = new Period(1, Period.Unit.DAY, "Europe/Berlin");
    return new LimitTerms(algorithm, day, Count.TOTAL, amount, amount);
  }

  private static TokenUsage tokens(long used) {
    return TokenUsage.of(used, 0);
  }

  private static Class<Shared.Spent> spent() {
    return Shared.Spent.class;
  }

  private static Class<Shared.Held> held() {
    return Shared.Held.class;
  }
}
