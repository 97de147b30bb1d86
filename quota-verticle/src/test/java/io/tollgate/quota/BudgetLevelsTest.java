package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.quota.AccountChange.Note;
import io.tollgate.quota.Line.News;
import io.vertx.redis.client.Command;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What 100 % of a budget is, and when a level is told again. */
@Timeout(60)
class BudgetLevelsTest {
  private static final String KEY = "tollgate:quota:monthly:ann";
  private static final long HOUR = 3_600_000;
  private static final Note ADMIN = Note.by("admin token");

  /** Amount, carry-over, overdraft, no shadow, length of a period, levels. */
  private static final String HOURLY = "100 30 0 0 3600000 50,80,100";

  private static final String UNFILLED = "1000 0 0 0 0 50,100";

  private static RunningRedis redis;
  private static Ledger ledger;
  private int requests;

  @BeforeAll
  static void start() throws Exception {
    redis = new RunningRedis();
    ledger = new Ledger(redis.link);
  }

  @AfterAll
  static void stop() throws Exception {
    redis.close();
  }

  @BeforeEach
  void forget() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void a_level_is_in_the_answer_that_reaches_it_and_in_no_other() throws Exception {
    assertThat(use(49, HOURLY)).isNull();
    assertThat(use(1, HOURLY)).isEqualTo(new News(100, List.of(50)));
    assertThat(use(1, HOURLY)).isNull();
    assertThat(use(60, HOURLY)).isEqualTo(new News(100, List.of(80, 100)));
    assertThat(use(60, HOURLY)).isNull();
  }

  @Test
  void a_look_that_leaves_no_trace_leaves_the_alert_to_others() throws Exception {
    use(10, HOURLY);
    redis.send(Command.DECRBY, KEY, "60");

    redis.on(() -> ledger.peek(Entry.read(KEY).on(HOURLY)));

    assertThat(write(Entry.read(KEY), HOURLY).news()).isEqualTo(new News(100, List.of(50)));
  }

  @Test
  void a_new_period_tells_its_levels_anew() throws Exception {
    use(100, HOURLY);
    redis.pass(KEY, HOUR);

    assertThat(use(49, HOURLY)).isNull();
    assertThat(use(1, HOURLY)).isEqualTo(new News(100, List.of(50)));
  }

  @Test
  void what_is_carried_over_and_what_is_granted_belong_to_the_whole() throws Exception {
    use(1, HOURLY);
    redis.pass(KEY, HOUR);
    grant(70, HOURLY);

    assertThat(use(99, HOURLY)).isNull();
    assertThat(use(1, HOURLY)).isEqualTo(new News(200, List.of(50)));
  }

  @Test
  void a_debt_that_a_period_begins_with_is_used_of_it() throws Exception {
    use(160, HOURLY);
    redis.pass(KEY, HOUR);

    Line line = write(Entry.read(KEY), HOURLY);

    assertThat(line.balance()).isEqualTo(40);
    assertThat(line.news()).isEqualTo(new News(100, List.of(50)));
  }

  @Test
  void what_expires_makes_the_whole_smaller() throws Exception {
    write(Entry.grant(KEY, 100, now() + HOUR / 2).noted(ADMIN), HOURLY);
    assertThat(use(90, HOURLY)).isNull();
    redis.pass(KEY, HOUR / 2);

    // Of the grant 10 are left, which are gone now.
    assertThat(write(Entry.read(KEY), HOURLY).news()).isNull();
    assertThat(use(5, HOURLY)).isEqualTo(new News(190, List.of(50)));
  }

  @Test
  void the_whole_is_used_when_only_the_overdraft_is_left() throws Exception {
    String terms = "100 0 50 0 3600000 100,120,150";

    assertThat(use(100, terms)).isEqualTo(new News(100, List.of(100)));
    assertThat(use(20, terms)).isEqualTo(new News(100, List.of(120)));
    assertThat(use(30, terms)).isEqualTo(new News(100, List.of(150)));
  }

  @Test
  void after_a_grant_the_levels_are_told_again_that_are_not_reached_any_more() throws Exception {
    use(100, HOURLY);

    assertThat(grant(50, HOURLY)).as("66 % of 150").isNull();
    assertThat(use(19, HOURLY)).isNull();
    assertThat(use(1, HOURLY)).isEqualTo(new News(150, List.of(80)));
    assertThat(use(30, HOURLY)).isEqualTo(new News(150, List.of(100)));
  }

  @Test
  void a_raised_amount_keeps_what_is_used_and_a_lowered_one_may_reach_a_level() throws Exception {
    use(60, HOURLY);

    assertThat(write(Entry.read(KEY), HOURLY.replaceFirst("100", "300")).news()).isNull();
    assertThat(write(Entry.read(KEY), HOURLY.replaceFirst("100", "75")).news())
        .isEqualTo(new News(75, List.of(50, 80)));
  }

  @Test
  void nodes_that_differ_over_the_amount_tell_a_level_once() throws Exception {
    String raised = HOURLY.replaceFirst("100", "300");
    use(60, HOURLY);

    for (int i = 0; i < 5; i++) {
      assertThat(write(Entry.read(KEY), raised).news()).isNull();
      assertThat(write(Entry.read(KEY), HOURLY).news()).isNull();
    }
    assertThat(use(90, raised)).isEqualTo(new News(300, List.of(50)));
    for (int i = 0; i < 5; i++) {
      assertThat(write(Entry.read(KEY), HOURLY).news()).isNull();
      assertThat(write(Entry.read(KEY), raised).news()).isNull();
    }
    assertThat(use(90, raised)).isEqualTo(new News(300, List.of(80)));
  }

  @Test
  void a_bill_that_turns_out_lower_makes_no_level_new() throws Exception {
    write(Entry.reserve(KEY, "dead", 55), HOURLY);
    write(Entry.renew(KEY, "dead", 55, 55), HOURLY);
    redis.expire(KEY, "dead");
    assertThat(write(Entry.reap(KEY), HOURLY).news()).isEqualTo(new News(100, List.of(50)));

    assertThat(write(Entry.settle(KEY, "dead", 40, 0), HOURLY))
        .returns(60L, Line::balance)
        .returns(null, Line::news);
    assertThat(use(15, HOURLY)).isNull();
  }

  @Test
  void what_is_never_refilled_is_judged_from_its_last_filling() throws Exception {
    assertThat(use(1000, UNFILLED)).isEqualTo(new News(1000, List.of(50, 100)));
    grant(400, UNFILLED);

    assertThat(use(199, UNFILLED)).isNull();
    assertThat(use(1, UNFILLED)).isEqualTo(new News(400, List.of(50)));
    assertThat(write(Entry.add(KEY, 100).noted(ADMIN), UNFILLED).news()).isNull();
    assertThat(use(149, UNFILLED)).isNull();
    assertThat(use(1, UNFILLED)).isEqualTo(new News(300, List.of(50)));
  }

  @Test
  void another_program_that_fills_a_budget_is_noticed() throws Exception {
    use(1020, UNFILLED);

    redis.send(Command.INCRBY, KEY, "500");

    assertThat(use(239, UNFILLED)).isNull();
    assertThat(use(1, UNFILLED)).isEqualTo(new News(480, List.of(50)));
  }

  @Test
  void what_another_program_takes_away_is_used() throws Exception {
    use(40, HOURLY);

    redis.send(Command.DECRBY, KEY, "45");

    assertThat(write(Entry.read(KEY), HOURLY).news()).isEqualTo(new News(100, List.of(50, 80)));
  }

  @Test
  void where_there_was_never_anything_to_spend_there_is_no_share_of_it() throws Exception {
    String terms = "0 0 0 0 0 50,100";

    assertThat(write(Entry.reserve(KEY, "a", 5), terms))
        .returns(true, Line::exhausted)
        .returns(null, Line::news);
  }

  @Test
  void a_level_that_is_added_later_is_told_when_it_is_above_those_told() throws Exception {
    use(60, HOURLY);

    assertThat(write(Entry.read(KEY), "100 30 0 0 3600000 40,55,100").news())
        .isEqualTo(new News(100, List.of(55)));
  }

  /** What the settlement told. */
  private News use(long tokens, String terms) throws Exception {
    String id = "request-" + requests++;
    write(Entry.reserve(KEY, id, 1), terms);
    return write(Entry.settle(KEY, id, tokens, 0), terms).news();
  }

  private News grant(long tokens, String terms) throws Exception {
    return write(Entry.grant(KEY, tokens, 0).noted(ADMIN), terms).news();
  }

  private static Line write(Entry entry, String terms) throws Exception {
    return redis.write(ledger, entry.on(terms));
  }

  private static long now() throws Exception {
    return redis.on(() -> redis.link.send(Command.TIME)).get(0).toLong() * 1000;
  }
}
