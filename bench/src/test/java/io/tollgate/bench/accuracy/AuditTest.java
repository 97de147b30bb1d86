package io.tollgate.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.bench.accuracy.Account.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final Duration STAMP = Duration.ofSeconds(2);

  @Test
  void books_that_say_what_was_made_hold() {
    Audit audit =
        byCall(
            List.of(Calls.finished("a", "x", 100), Calls.finished("b", "x", 50)),
            Map.of("a", 100L, "b", 50L));

    assertThat(audit.holds()).isTrue();
    assertThat(audit.exact()).isEqualTo(new Share(2, 150, 150, 2));
    assertThat(audit.exact().ratio()).isEqualTo(1.0);
  }

  @Test
  void one_lost_one_double_and_one_off_by_one_are_all_told() {
    Audit audit =
        byCall(
            List.of(
                Calls.finished("right", "x", 100),
                Calls.finished("lost", "x", 100),
                Calls.finished("double", "x", 100),
                Calls.finished("short", "x", 100),
                Calls.finished("over", "x", 100)),
            Map.of("right", 100L, "double", 200L, "short", 99L, "over", 101L));

    assertThat(audit.holds()).isFalse();
    assertThat(names(audit, Fault.NONE)).containsExactly("right");
    assertThat(names(audit, Fault.LOST)).containsExactly("lost");
    assertThat(names(audit, Fault.DOUBLE)).containsExactly("double");
    assertThat(names(audit, Fault.SHORT)).containsExactly("short");
    assertThat(names(audit, Fault.OVER)).containsExactly("over");
    // What is missing here and too much there must not make up for one another.
    assertThat(audit.exact().billed()).isEqualTo(audit.exact().made());
  }

  @Test
  void a_lost_answer_is_missed_in_an_account_that_pays_for_others_too() {
    Audit audit =
        byConsumer(
            List.of(Calls.finished("a", "x", 100), Calls.finished("b", "x", 70)),
            Map.of("x", 100L));

    assertThat(names(audit, Fault.SHORT)).containsExactly("x");
  }

  @Test
  void a_refused_call_costs_nothing() {
    List<Call> calls = List.of(Calls.finished("a", "x", 100), Calls.refused("b", "x"));

    assertThat(byConsumer(calls, Map.of("x", 100L)).holds()).isTrue();
    assertThat(names(byConsumer(calls, Map.of("x", 101L)), Fault.OVER)).containsExactly("x");
    assertThat(names(byCall(calls, Map.of("a", 100L, "b", 9L)), Fault.DOUBLE)).containsExactly("b");
  }

  @Test
  void an_estimate_may_be_wrong_but_not_lost_nor_double() {
    List<Call> calls = List.of(Calls.left("a", 200));

    assertThat(byCall(calls, Map.of("a", 185L)).holds()).isTrue();
    assertThat(byCall(calls, Map.of("a", 215L)).holds()).isTrue();
    assertThat(names(byCall(calls, Map.of()), Fault.LOST)).containsExactly("a");
    assertThat(names(byCall(calls, Map.of("a", 90L)), Fault.SHORT)).containsExactly("a");
    assertThat(names(byCall(calls, Map.of("a", 400L)), Fault.DOUBLE)).containsExactly("a");
  }

  @Test
  void estimates_stand_apart_from_what_is_known_to_the_token() {
    Audit audit =
        byCall(
            List.of(
                Calls.finished("a", "x", 100),
                Calls.left("b", 200),
                Calls.left("c", 100),
                Calls.unreported("d", 80)),
            Map.of("a", 100L, "b", 204L, "c", 90L, "d", 80L));

    assertThat(audit.exact()).isEqualTo(new Share(1, 100, 100, 1));
    assertThat(audit.ended(Ending.LEFT)).isEqualTo(new Share(2, 300, 294, 1));
    assertThat(audit.ended(Ending.UNREPORTED)).isEqualTo(new Share(1, 80, 80, 1));
  }

  @Test
  void of_a_killed_answer_the_last_stamp_has_to_be_billed() {
    // 400 tokens in 4 s; the last stamp may be from 2 s before the end.
    List<Call> old = List.of(Calls.killed("a", 100, 400, 4_000));

    assertThat(byCall(old, Map.of("a", 290L)).holds()).isTrue();
    assertThat(names(byCall(old, Map.of("a", 100L)), Fault.SHORT)).containsExactly("a");
    assertThat(names(byCall(old, Map.of()), Fault.LOST)).containsExactly("a");
    assertThat(names(byCall(old, Map.of("a", 1_000L)), Fault.DOUBLE)).containsExactly("a");

    assertThat(byCall(List.of(Calls.killed("young", 100, 150, 1_500)), Map.of()).holds()).isTrue();
  }

  private static Audit byCall(List<Call> calls, Map<String, Long> billed) {
    return Audit.of(new Book("book", billed), calls, call -> call.plan().id(), STAMP);
  }

  private static Audit byConsumer(List<Call> calls, Map<String, Long> billed) {
    return Audit.of(new Book("book", billed), calls, call -> call.plan().consumer(), STAMP);
  }

  private static List<String> names(Audit audit, Fault fault) {
    return audit.with(fault).stream().map(Account::name).toList();
  }
}
