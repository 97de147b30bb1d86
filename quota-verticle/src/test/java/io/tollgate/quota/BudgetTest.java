package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tollgate.contract.quota.AccountChange.Note;
import io.tollgate.contract.quota.AuditTrail;
import io.tollgate.quota.Line.Status;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Budgets in the script, of terms that each test writes down. */
@Timeout(60)
class BudgetTest {
  private static final String KEY = "tollgate:quota:monthly:ann";
  private static final String TEAM = "tollgate:quota:team:red";
  private static final long HOUR = 3_600_000;
  private static final Note ADMIN = new Note("admin token", "a reason", null);

  private static RunningRedis redis;
  private static Ledger ledger;

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
  void the_first_use_grants_the_amount_and_a_look_does_not() throws Exception {
    String terms = new Terms(1000).perHour().text();

    Line seen = write(Entry.read(KEY), terms);
    assertThat(seen.balance()).isEqualTo(1000);
    assertThat(redis.send(Command.GET, KEY)).isNull();

    assertThat(write(Entry.reserve(KEY, "a", 30), terms).tokens()).isEqualTo(30);
    assertThat(redis.send(Command.GET, KEY)).isEqualTo("1000");
    write(Entry.settle(KEY, "a", 12, 0), terms);
    assertThat(redis.send(Command.GET, KEY)).isEqualTo("988");
  }

  @Test
  void an_overdraft_lets_the_balance_fall_below_zero() throws Exception {
    String terms = new Terms(10).overdraft(5).text();

    assertThat(write(Entry.reserve(KEY, "a", 12), terms).tokens()).isEqualTo(12);
    write(Entry.settle(KEY, "a", 12, 0), terms);
    assertThat(write(Entry.reserve(KEY, "b", 9), terms).tokens()).isEqualTo(3);
    assertThat(write(Entry.reserve(KEY, "c", 1), terms).exhausted()).isTrue();
  }

  @Test
  void what_is_left_at_the_end_of_a_period_is_lost_but_for_what_is_carried_over() throws Exception {
    Terms terms = new Terms(100).perHour().carry(30);
    use("a", 20, terms.text());

    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(130);

    // The carried tokens are spent first, and those that are left of them live one period.
    use("b", 25, terms.text());
    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(130);
    redis.pass(KEY, 5 * HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(130);
  }

  @Test
  void a_debt_is_taken_along_and_paid_by_the_periods_that_follow() throws Exception {
    Terms terms = new Terms(100).perHour();
    use("a", 350, terms.text());

    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(-150);
    redis.pass(KEY, 2 * HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(50);
    redis.pass(KEY, 9 * HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(100);
  }

  @Test
  void a_hold_counts_in_its_period_and_what_it_overruns_is_owed_in_the_next() throws Exception {
    Terms terms = new Terms(100).perHour();
    write(Entry.reserve(KEY, "less", 40), terms.text());
    write(Entry.reserve(KEY, "more", 40), terms.text());

    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()))
        .returns(100L, Line::balance)
        .returns(0L, Line::held);
    write(Entry.settle(KEY, "less", 10, 0), terms.text());
    write(Entry.settle(KEY, "more", 55, 0), terms.text());
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(85);
  }

  @Test
  void a_grant_outlives_periods_until_it_expires_and_the_soonest_is_spent_first() throws Exception {
    Terms terms = new Terms(100).perHour();
    long soon = now() + HOUR / 2;
    long later = now() + 3 * HOUR;
    grant(50, later, terms);
    grant(20, soon, terms);
    grant(7, 0, terms);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(177);

    // 20 of the grant that expires soon, 100 of the period, 5 of the grant that expires later.
    use("a", 125, terms.text());
    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(152);
    redis.pass(KEY, 2 * HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(107);
  }

  @Test
  void what_is_left_of_a_grant_when_it_expires_is_taken_away_but_not_what_is_held()
      throws Exception {
    Terms terms = new Terms(0);
    grant(50, now() + HOUR, terms);
    write(Entry.reserve(KEY, "a", 15), terms.text());

    redis.pass(KEY, HOUR);
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(15);
    write(Entry.settle(KEY, "a", 15, 0), terms.text());
    assertThat(write(Entry.reserve(KEY, "b", 1), terms.text()).exhausted()).isTrue();
  }

  @Test
  void a_grant_in_the_past_is_refused() {
    assertThatThrownBy(() -> grant(50, 1, new Terms(10)))
        .hasRootCauseMessage("the grant would expire in the past");
  }

  @Test
  void a_grant_to_a_budget_without_periods_outlives_those_that_it_gets() throws Exception {
    Terms terms = new Terms(100);
    grant(50, 0, terms);
    use("a", 130, terms.text());
    assertThat(write(Entry.read(KEY), terms.text()).balance()).isEqualTo(20);

    assertThat(write(Entry.read(KEY), terms.perHour().text()).balance()).isIn(20L, 120L);
    redis.pass(KEY, HOUR);

    assertThat(write(Entry.read(KEY), terms.perHour().text()).balance()).isEqualTo(120);
  }

  @Test
  void nodes_with_two_amounts_leave_one_edit_in_the_trail_and_the_grants_before_it()
      throws Exception {
    String old = new Terms(100).perHour().text();
    String edited = new Terms(250).perHour().text();
    grant(5, 0, new Terms(100).perHour());
    for (int i = 0; i < 50; i++) {
      use("old-" + i, 1, old);
      use("new-" + i, 1, edited);
    }

    assertThat(write(Entry.read(KEY), edited).balance()).isEqualTo(255 - 100);
    AuditTrail.Entries trail = (AuditTrail.Entries) redis.on(() -> ledger.audit(KEY, 10));
    assertThat(trail.entries())
        .extracting(AuditTrail.Entry::what, AuditTrail.Entry::tokens)
        .containsExactly(tuple("edit", 150L), tuple("grant", 5L), tuple("begin", 100L));
  }

  @Test
  void an_edited_amount_keeps_what_is_used() throws Exception {
    use("a", 30, new Terms(100).perHour().text());

    assertThat(write(Entry.read(KEY), new Terms(250).perHour().text()).balance()).isEqualTo(220);
    assertThat(write(Entry.read(KEY), new Terms(20).perHour().text()).balance()).isEqualTo(-10);
  }

  @Test
  void a_period_that_is_made_shorter_ends_sooner_and_one_without_end_stays() throws Exception {
    use("a", 30, new Terms(100).perHour().text());

    redis.pass(KEY, HOUR / 2);
    assertThat(write(Entry.read(KEY), new Terms(100).per(HOUR / 4).text()).balance())
        .isEqualTo(100);
    use("b", 30, new Terms(100).per(HOUR / 4).text());
    redis.pass(KEY, 9 * HOUR);
    assertThat(write(Entry.read(KEY), new Terms(100).text()).balance()).isEqualTo(70);
  }

  @Test
  void a_month_that_is_made_days_leaves_no_debt_of_what_was_used_in_it() throws Exception {
    long day = 24 * HOUR;
    long today = now() / day * day;
    Terms month = new Terms(1000);
    long first = today - 10 * day;
    use("a", 600, month.per(30 * day).bounds(first - 30 * day, first, first + 30 * day, 0));
    Terms days = new Terms(40).per(day).carry(5);

    Line line = write(Entry.read(KEY), days.bounds(today - day, today, today + day, 0));

    assertThat(line.balance()).as("40 of today, 5 of the 400 that were left").isEqualTo(45);
    assertThat(line.resetMillis()).isBetween(0L, day);
    assertThat(write(Entry.read(KEY), days.bounds(today - day, today, today + day, 0)))
        .returns(45L, Line::balance);
  }

  @Test
  void a_day_that_is_made_a_month_is_not_granted_twice() throws Exception {
    long day = 24 * HOUR;
    long today = now() / day * day;
    use("a", 30, new Terms(40).per(day).bounds(today - day, today, today + day, 0));
    long first = today - 10 * day;
    String month =
        new Terms(1000).per(30 * day).bounds(first - 30 * day, first, first + 30 * day, 0);

    assertThat(write(Entry.read(KEY), month))
        .returns(970L, Line::balance)
        .satisfies(line -> assertThat(line.resetMillis()).isBetween(19 * day - HOUR, 20 * day));
  }

  @Test
  void what_was_never_refilled_lasts_to_the_end_of_its_first_period() throws Exception {
    use("a", 30, new Terms(100).text());
    redis.pass(KEY, 5 * HOUR + HOUR / 2);

    assertThat(write(Entry.read(KEY), new Terms(100).perHour().text()))
        .returns(70L, Line::balance)
        .satisfies(line -> assertThat(line.resetMillis()).isBetween(0L, HOUR / 2));
  }

  @Test
  void nodes_that_differ_over_the_period_for_a_moment_grant_nothing_twice() throws Exception {
    long day = 24 * HOUR;
    long today = now() / day * day;
    long first = today - 10 * day;
    String before =
        new Terms(1000).per(30 * day).bounds(first - 30 * day, first, first + 30 * day, 0);
    String after = new Terms(40).per(day).bounds(today - day, today, today + day, 0);
    use("a", 600, before);
    use("b", 10, after);
    for (int i = 0; i < 5; i++) {
      write(Entry.read(KEY), before);
      write(Entry.read(KEY), after);
    }

    assertThat(write(Entry.read(KEY), after).balance()).isEqualTo(30);
  }

  @Test
  void a_request_that_runs_past_its_hold_leaves_less_to_others() throws Exception {
    String terms = new Terms(100).perHour().text();
    write(Entry.reserve(KEY, "a", 10), terms);
    write(Entry.reserve(KEY, "b", 10), terms);

    assertThat(write(Entry.renew(KEY, "a", 75, 10), terms))
        .returns(85L, Line::held)
        .returns(75L, Line::tokens);
    assertThat(write(Entry.renew(KEY, "b", 5, 10), terms))
        .returns(85L, Line::held)
        .returns(10L, Line::tokens);
    write(Entry.settle(KEY, "a", 80, 0), terms);
    assertThat(write(Entry.read(KEY), terms)).returns(20L, Line::balance).returns(10L, Line::held);
  }

  @Test
  void a_budget_in_shadow_refuses_nothing_and_tells() throws Exception {
    String terms = new Terms(10).shadow().text();

    assertThat(write(Entry.reserve(KEY, "a", 12), terms)).returns(Status.OK, Line::status);
    assertThat(write(Entry.reserve(KEY, "b", 12), terms))
        .returns(Status.SHADOW, Line::status)
        .returns(12L, Line::tokens);
  }

  @Test
  void holds_on_a_consumer_and_on_its_team_are_taken_both_or_not_at_all() throws Exception {
    String ann = new Terms(100).perHour().text();
    String team = new Terms(25).perHour().text();

    List<Line> first = both("a", 20, ann, team);
    assertThat(first).extracting(Line::status).containsExactly(Status.OK, Status.OK);
    assertThat(both("b", 20, ann, team)).extracting(Line::tokens).containsExactly(20L, 5L);
    assertThat(both("c", 20, ann, team))
        .extracting(Line::status)
        .containsExactly(Status.SPARED, Status.EXHAUSTED);
    assertThat(write(Entry.read(KEY), ann).held()).isEqualTo(40);
    assertThat(both("a", 20, ann, team)).extracting(Line::tokens).containsExactly(20L, 20L);
  }

  @Test
  void a_value_that_is_no_budget_beside_one_that_is_takes_nothing() throws Exception {
    redis.send(Command.SET, TEAM, "garbage");
    String terms = new Terms(100).perHour().text();

    List<Future<Line>> answers =
        redis.on(
            () -> {
              List<Future<Line>> lines =
                  ledger.reserve(
                      List.of(
                          Entry.reserve(KEY, "a", 5).on(terms),
                          Entry.reserve(TEAM, "a", 5).on(terms)));
              return Future.join(lines).transform((all, fault) -> Future.succeededFuture(lines));
            });

    assertThat(answers).allMatch(Future::failed);
    assertThat(write(Entry.read(KEY), terms).held()).isZero();
  }

  @Test
  void a_hundred_at_once_on_a_team_of_two_share_its_budget() throws Exception {
    String own = new Terms(10_000).perHour().text();
    String team = new Terms(100).perHour().text();

    List<List<Line>> all =
        redis.on(
            () ->
                Future.all(
                        IntStream.range(0, 100)
                            .mapToObj(
                                i ->
                                    Future.all(
                                            ledger.reserve(
                                                List.of(
                                                    Entry.reserve(
                                                            "tollgate:quota:own:" + i % 2,
                                                            "request-" + i,
                                                            7)
                                                        .on(own),
                                                    Entry.reserve(TEAM, "request-" + i, 7)
                                                        .on(team))))
                                        .map(lines -> lines.<Line>list()))
                            .toList())
                    .map(lists -> lists.<List<Line>>list()));

    assertThat(all.stream().filter(lines -> lines.stream().allMatch(Line::isTaken))).hasSize(15);
    assertThat(write(Entry.read(TEAM), team).held()).isEqualTo(100);
    assertThat(
            write(Entry.read("tollgate:quota:own:0"), own).held()
                + write(Entry.read("tollgate:quota:own:1"), own).held())
        .isEqualTo(15 * 7);
  }

  @Test
  void periods_follow_the_boundaries_that_the_node_passes() throws Exception {
    long now = now();
    String before =
        new Terms(100).per(2 * HOUR).bounds(now - 3 * HOUR, now - HOUR, now + HOUR, now + 2 * HOUR);
    use("a", 40, before);
    assertThat(write(Entry.read(KEY), before))
        .returns(60L, Line::balance)
        .satisfies(line -> assertThat(line.resetMillis()).isBetween(HOUR - 10_000, HOUR));

    redis.pass(KEY, 2 * HOUR);
    assertThat(write(Entry.read(KEY), before).balance()).isEqualTo(100);
  }

  @Test
  void what_a_dead_node_held_is_billed_in_its_period() throws Exception {
    String terms = new Terms(100).perHour().text();
    write(Entry.reserve(KEY, "a", 40), terms);
    write(Entry.renew(KEY, "a", 55, 40), terms);
    redis.pass(KEY, HOUR);
    redis.expire(KEY, "a");

    // It held what it had used, so that the period before has paid for all 55.
    assertThat(write(Entry.read(KEY), terms).balance()).isEqualTo(100);
    // Its bill comes late after all.
    write(Entry.settle(KEY, "a", 60, 0), terms);
    write(Entry.settle(KEY, "a", 60, 0), terms);
    assertThat(write(Entry.read(KEY), terms).balance()).isEqualTo(95);
  }

  @Test
  void a_grant_is_written_down_with_the_time_when_it_expires() throws Exception {
    long expiry = System.currentTimeMillis() + HOUR;
    grant(5, expiry, new Terms(100));
    grant(7, 0, new Terms(100));

    AuditTrail.Entries trail = (AuditTrail.Entries) redis.on(() -> ledger.audit(KEY, 2));
    assertThat(trail.entries())
        .extracting(
            AuditTrail.Entry::what, AuditTrail.Entry::expiresAtMillis, AuditTrail.Entry::tokens)
        .containsExactly(tuple("grant", null, 7L), tuple("grant", expiry, 5L));
  }

  @Test
  void every_change_is_written_down_with_who_and_why() throws Exception {
    Terms terms = new Terms(100).perHour().carry(10);
    use("a", 30, terms.text());
    grant(5, 0, terms);
    write(Entry.add(KEY, -3).noted(ADMIN), terms.text());
    write(Entry.set(KEY, 60).noted(new Note("consumer boss", null, null)), terms.text());
    redis.pass(KEY, HOUR);
    write(Entry.read(KEY), terms.text());

    AuditTrail.Entries trail = (AuditTrail.Entries) redis.on(() -> ledger.audit(KEY, 10));
    assertThat(trail.entries())
        .extracting(
            AuditTrail.Entry::who,
            AuditTrail.Entry::what,
            AuditTrail.Entry::tokens,
            AuditTrail.Entry::before,
            AuditTrail.Entry::after,
            AuditTrail.Entry::why)
        .containsExactly(
            tuple(
                "tollgate",
                "reset",
                55L,
                60L,
                115L,
                "granted 100, carried over 10, expired 45, held 0"),
            tuple("consumer boss", "set", 60L, 72L, 60L, ""),
            tuple("admin token", "add", -3L, 75L, 72L, "a reason"),
            tuple("admin token", "grant", 5L, 70L, 75L, "a reason"),
            tuple("tollgate", "begin", 100L, 0L, 100L, ""));
    assertThat(trail.entries()).extracting(AuditTrail.Entry::id).doesNotHaveDuplicates();
    assertThat(((AuditTrail.Entries) redis.on(() -> ledger.audit(KEY, 2))).entries()).hasSize(2);
  }

  @Test
  void a_change_that_is_repeated_under_its_key_is_made_once() throws Exception {
    String terms = new Terms(100).text();
    Note once = new Note("admin token", null, "order-1");

    assertThat(write(Entry.grant(KEY, 50, 0).noted(once), terms).balance()).isEqualTo(150);
    assertThat(write(Entry.grant(KEY, 50, 0).noted(once), terms).balance()).isEqualTo(150);
    assertThatThrownBy(() -> write(Entry.grant(KEY, 51, 0).noted(once), terms))
        .hasRootCauseMessage("the idempotency key was used for another change");
    assertThat(write(Entry.add("chat_quota:ann", 5).noted(once), "").balance()).isEqualTo(5);
    assertThat(write(Entry.add("chat_quota:ann", 5).noted(once), "").balance()).isEqualTo(5);
  }

  @Test
  void a_budget_that_the_configuration_lost_still_settles() throws Exception {
    write(Entry.reserve(KEY, "a", 40), new Terms(100).perHour().text());

    write(Entry.settle(KEY, "a", 25, 0), BudgetTerms.UNKNOWN);

    assertThat(redis.send(Command.GET, KEY)).isEqualTo("75");
    assertThat(write(Entry.read(KEY), BudgetTerms.UNKNOWN).held()).isZero();
  }

  private void use(String id, long tokens, String terms) throws Exception {
    write(Entry.reserve(KEY, id, 1), terms);
    write(Entry.settle(KEY, id, tokens, 0), terms);
  }

  private void grant(long tokens, long expiry, Terms terms) throws Exception {
    write(Entry.grant(KEY, tokens, expiry).noted(ADMIN), terms.text());
  }

  private List<Line> both(String id, long tokens, String ann, String team) throws Exception {
    return redis.on(
        () ->
            Future.all(
                    ledger.reserve(
                        List.of(
                            Entry.reserve(KEY, id, tokens).on(ann),
                            Entry.reserve(TEAM, id, tokens).on(team))))
                .map(lines -> lines.<Line>list()));
  }

  private Line write(Entry entry, String terms) throws Exception {
    return redis.write(ledger, entry.on(terms));
  }

  private long now() throws Exception {
    return redis.on(() -> redis.link.send(Command.TIME)).get(0).toLong() * 1000;
  }

  /** As {@link BudgetTerms} writes them. */
  private record Terms(
      long amount, long carryOver, long overdraftAllowed, int mode, long length, String levels) {
    Terms(long amount) {
      this(amount, 0, 0, 0, 0, "-");
    }

    Terms alerts(String all) {
      return new Terms(amount, carryOver, overdraftAllowed, mode, length, all);
    }

    Terms perHour() {
      return per(HOUR);
    }

    Terms per(long millis) {
      return new Terms(amount, carryOver, overdraftAllowed, mode, millis, levels);
    }

    Terms carry(long most) {
      return new Terms(amount, most, overdraftAllowed, mode, length, levels);
    }

    Terms overdraft(long most) {
      return new Terms(amount, carryOver, most, mode, length, levels);
    }

    Terms shadow() {
      return new Terms(amount, carryOver, overdraftAllowed, 1, length, levels);
    }

    String text() {
      return "%d %d %d %d %d %s"
          .formatted(amount, carryOver, overdraftAllowed, mode, length, levels);
    }

    String bounds(long first, long second, long third, long fourth) {
      return "%s %d %d %d %d".formatted(text(), first, second, third, fourth);
    }
  }
}
