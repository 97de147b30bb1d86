package io.tollgate.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final Settling.End SETTLED = new Settling.End(0, 0, true);
  private static final List<Call> CALLS =
      List.of(Calls.finished("a", "x", 100), Calls.finished("b", "x", 50));
  private static final Map<String, Long> RIGHT = Map.of("a", 100L, "b", 50L);

  @Test
  void nothing_is_broken_when_all_is_right() {
    assertThat(outcome(CALLS, RIGHT, SETTLED, 0).broken()).isEmpty();
    assertThat(Report.of(outcome(CALLS, RIGHT, SETTLED, 0))).contains("every invariant holds");
  }

  @Test
  void says_what_is_lost_and_what_is_double() {
    List<String> broken = outcome(CALLS, Map.of("b", 100L), SETTLED, 0).broken();

    assertThat(broken)
        .containsExactly(
            "book: 1 lost",
            "book: 1 double",
            "book: 100 tokens billed of 150 made, finished answers only");
  }

  @Test
  void a_run_in_which_nothing_finished_proves_nothing() {
    assertThat(outcome(List.of(), Map.of(), SETTLED, 0).broken())
        .containsExactly("not one call has finished, so nothing was measured");
  }

  @Test
  void a_hold_that_is_left_breaks_an_invariant_and_so_do_books_that_never_rest() {
    assertThat(outcome(CALLS, RIGHT, new Settling.End(0, 3, true), 0).broken())
        .containsExactly("3 holds were left");
    assertThat(outcome(CALLS, RIGHT, new Settling.End(0, 0, false), 0).broken())
        .containsExactly("the books did not come to rest");
  }

  @Test
  void tokens_that_the_provider_made_for_nobody_are_told() {
    assertThat(outcome(CALLS, RIGHT, SETTLED, 12).broken())
        .containsExactly("12 tokens were made for calls that nobody made");
  }

  @Test
  void a_call_that_hung_is_told() {
    Call hung = Calls.call("h", "h", Heard.End.HUNG, 200, Calls.made(10, 90, false, false), null);

    assertThat(
            outcome(List.of(CALLS.getFirst(), hung), Map.of("a", 100L, "h", 100L), SETTLED, 0)
                .broken())
        .containsExactly("1 calls hung");
  }

  private static Outcome outcome(
      List<Call> calls, Map<String, Long> billed, Settling.End settled, long stray) {
    Trial trial =
        new Trial(
            "test",
            1,
            StoreKind.SINGLE,
            "closed",
            Duration.ofSeconds(1),
            List.of(),
            List.of(),
            false);
    Audit audit =
        Audit.of(new Book("book", billed), calls, call -> call.plan().id(), Duration.ofSeconds(2));
    return new Outcome(
        trial, calls, List.of(audit), List.of(), List.of(), List.of(), settled, stray);
  }
}
