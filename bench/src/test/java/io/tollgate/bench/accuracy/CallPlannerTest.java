package io.tollgate.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallPlannerTest {
  private static final int MANY = 10_000;

  @Test
  void the_same_seed_makes_the_same_calls() {
    assertThat(plans(Mix.PLAIN, null, 7)).isEqualTo(plans(Mix.PLAIN, null, 7));
    assertThat(plans(Mix.PLAIN, null, 7)).isNotEqualTo(plans(Mix.PLAIN, null, 8));
  }

  @Test
  void calls_go_wrong_as_often_as_they_are_to() {
    List<CallPlan> plans =
        plans(new Mix(0.8, 0.2, 0.3, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05), null, 1);

    assertThat(count(plans, CallPlan::leaves)).isCloseTo(3_000, withinPercentage(10));
    assertThat(count(plans, CallPlan::stream)).isCloseTo(8_000, withinPercentage(10));
    assertThat(count(plans, plan -> plan.consumer().startsWith("shared-")))
        .isCloseTo(2_000, withinPercentage(10));
    assertThat(count(plans, plan -> isFault(plan, "break-after=")))
        .isCloseTo(1_000, withinPercentage(15));
    for (String fault : List.of("stall-after=", "no-usage", "status=", "delay=", "split=")) {
      assertThat(count(plans, plan -> isFault(plan, fault)))
          .as(fault)
          .isCloseTo(500, withinPercentage(20));
    }
    assertThat(plans.stream().map(CallPlan::id)).doesNotHaveDuplicates();
  }

  @Test
  void who_shares_a_cap_is_one_consumer_with_a_model_of_its_own() {
    List<CallPlan> plans = plans(new Mix(0.5, 0, 0, 0, 0, 0, 0, 0, 0), new Cap.Quota(100), 1);

    assertThat(plans).allMatch(plan -> plan.consumer().equals("lane"));
    assertThat(plans).allMatch(plan -> plan.model().equals("lane") && plan.isPlain());
  }

  @Test
  void parts_that_are_none_are_refused() {
    assertThatThrownBy(() -> new Mix(1.2, 0, 0, 0, 0, 0, 0, 0, 0)).hasMessageContaining("1.2");
    assertThatThrownBy(() -> new Mix(0, 0, 0, 0.6, 0.6, 0, 0, 0, 0)).hasMessageContaining("1.2");
  }

  private static List<CallPlan> plans(Mix mix, Cap cap, long seed) {
    Lane lane = new Lane("lane", 1, mix, 100, cap);
    CallPlanner planner = new CallPlanner(lane, new Consumers(List.of(lane), MANY, 4), seed);
    return Stream.generate(planner::next).limit(MANY).toList();
  }

  private static boolean isFault(CallPlan plan, String fault) {
    return Objects.requireNonNullElse(plan.fault(), "").startsWith(fault);
  }

  private static long count(List<CallPlan> plans, Predicate<CallPlan> which) {
    return plans.stream().filter(which).count();
  }
}
