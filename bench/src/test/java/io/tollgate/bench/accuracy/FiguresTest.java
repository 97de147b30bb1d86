package io.tollgate.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.bench.accuracy.Heard.End;
import io.tollgate.proxy.demo.DemoLedger;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void samples_of_a_counter_become_its_windows_with_the_most_that_each_said() {
    List<Window> windows =
        Window.of(
            List.of(
                new Window.Sample(1_000, 10, 900),
                new Window.Sample(1_400, 60, 503),
                new Window.Sample(1_800, 55, 99),
                new Window.Sample(2_100, 7, 850)),
            1_000);

    assertThat(windows).containsExactly(new Window(900, 1_900, 60), new Window(1_950, 2_950, 7));
  }

  @Test
  void the_worst_window_tells_how_far_a_limit_was_crossed() {
    Lane lane = new Lane("lane", 1, Mix.PLAIN, 100, new Cap.Limit(100, 1, false));
    CapUse use =
        CapUse.ofLimit(
            lane,
            new Cap.Limit(100, 1, false),
            List.of(
                new Window.Sample(1_000, 90, 500),
                new Window.Sample(2_000, 125, 500),
                new Window.Sample(3_000, 80, 500)),
            List.of(
                Calls.finished("a", "x", 50),
                Calls.finished("b", "x", 100),
                Calls.refused("c", "x")));

    assertThat(use.windows()).isEqualTo(3);
    assertThat(use.ratio()).isEqualTo(1.25);
    assertThat(use.overshoot()).isEqualTo(25);
    assertThat(use.overshootAnswers()).isEqualTo(25 / 75.0);
    assertThat(use.madeRatio()).isEqualTo(0.5);
  }

  @Test
  void a_balance_is_crossed_by_what_was_spent_beyond_it() {
    Lane lane = new Lane("lane", 1, Mix.PLAIN, 100, new Cap.Quota(100));
    CapUse use =
        CapUse.ofQuota(lane, new Cap.Quota(100), 110, List.of(Calls.finished("a", "x", 110)));

    assertThat(use.ratio()).isEqualTo(1.1);
    assertThat(use.overshoot()).isEqualTo(10);
    assertThat(use.madeRatio()).isEqualTo(1.1);
  }

  @Test
  void holds_of_a_killed_node_count_until_the_last_is_gone() {
    List<Call> calls = List.of(Calls.killed("a", 1, 1, 1_000), Calls.killed("b", 1, 1, 1_000));
    long killed = Calls.START + 1_000;

    assertThat(
            Killing.of(
                calls,
                List.of(
                    new HoldSample(killed - 100, Set.of()),
                    new HoldSample(killed + 100, Set.of("request-a", "request-b")),
                    new HoldSample(killed + 5_000, Set.of("request-b", "request-c")),
                    new HoldSample(killed + 8_000, Set.of("request-c")))))
        .containsExactly(new Killing("node-1.1", 2, 8_000));
    assertThat(Killing.of(calls, List.of(new HoldSample(killed + 100, Set.of("request-a")))))
        .containsExactly(new Killing("node-1.1", 2, -1));
  }

  @Test
  void the_longest_wait_while_redis_was_away_stands_apart() {
    Call during = waited("during", 10_000, 900);
    Call before = waited("before", 1_000, 300);
    Call delayed =
        new Call(Calls.plan("late", "late", "delay=5000"), during.heard(), Made.NOTHING, null);

    assertThat(Waits.of(List.of(during, before, delayed), List.of(new Span(9_000, 10_100))))
        .isEqualTo(new Waits(900, 300));
  }

  @Test
  void what_client_and_provider_saw_together_says_how_a_call_ended() {
    Made whole = Calls.made(1, 1, true, true);
    Made broken = Calls.made(1, 1, false, false);

    assertThat(ending(End.WHOLE, whole, null)).isEqualTo(Ending.FINISHED);
    assertThat(ending(End.WHOLE, Calls.made(1, 1, true, false), null)).isEqualTo(Ending.UNREPORTED);
    assertThat(ending(End.LEFT, broken, null)).isEqualTo(Ending.LEFT);
    assertThat(ending(End.BROKEN, broken, null)).isEqualTo(Ending.BROKEN);
    assertThat(ending(End.BROKEN, broken, 11_000L)).isEqualTo(Ending.KILLED);
    assertThat(ending(End.NO_CONNECTION, Made.NOTHING, null)).isEqualTo(Ending.NONE);
    assertThat(ending(End.REFUSED, Made.NOTHING, 11_000L)).isEqualTo(Ending.NONE);
    assertThat(endedAt(10_500, End.LEFT, 11_000L)).isEqualTo(Ending.KILLED);
    assertThat(endedAt(10_500, End.LEFT, 12_000L)).isEqualTo(Ending.LEFT);
    assertThat(endedAt(10_500, End.BROKEN, 12_000L)).isEqualTo(Ending.BROKEN);
    // It was seen whole before the kill, so the kill is no excuse.
    assertThat(ending(End.WHOLE, whole, 11_000L)).isEqualTo(Ending.FINISHED);
  }

  @Test
  void all_answers_that_were_made_for_one_call_count() {
    Made made =
        Made.of(
            List.of(
                new DemoLedger.Entry("a", 5, 10, 3, false, false),
                new DemoLedger.Entry("a", 9, 10, 20, true, true)));

    assertThat(made).isEqualTo(new Made(2, 5, 20, 23, true, true));
    assertThat(made.tokens()).isEqualTo(43);
  }

  private static Ending ending(End end, Made made, Long killedMillis) {
    return Calls.call("a", "a", end, 200, made, killedMillis).ending();
  }

  private static Ending endedAt(long endMillis, End end, Long killedMillis) {
    Heard heard = new Heard(end, "node-1.1", 200, "r", Calls.START, Calls.START, endMillis, 1);
    return Ending.of(heard, Calls.made(1, 1, false, false), killedMillis);
  }

  private static Call waited(String id, long start, long millis) {
    Heard heard =
        new Heard(End.WHOLE, "node-1.1", 200, id, start, start + millis, start + millis + 10, 1);
    return new Call(Calls.plan(id, id, null), heard, Calls.made(1, 1, true, true), null);
  }
}
