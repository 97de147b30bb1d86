package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.config.LoadScaling;
import io.tollgate.contract.config.LoadScaling.Ramp;
import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.limiter.ProviderHealth.Reading;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** How a provider's health becomes a part of a rule's numbers. */
class LoadScalesTest {
  private static final LoadScaling ALL =
      new LoadScaling("p", new Ramp(2000, 10_000), new Ramp(0.1, 0.5), new Ramp(50, 150), 0.2, 0.1);

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ProviderHealths healths = new ProviderHealths(nanos::get);
  private final LoadScales scales = new LoadScales(healths, meters, nanos::get);

  @Test
  void each_signal_counts_linearly_between_its_ends_and_the_worst_one_alone() {
    assertThat(LoadCurve.at(ALL, inFlight(50))).isEqualTo(1);
    assertThat(LoadCurve.at(ALL, inFlight(100))).isCloseTo(0.6, within(1e-9));
    assertThat(LoadCurve.at(ALL, inFlight(150))).isEqualTo(0.2);
    assertThat(LoadCurve.at(ALL, inFlight(9999))).isEqualTo(0.2);
    assertThat(LoadCurve.at(ALL, new Reading("p", 0, 10, 0, 10, 60_000)))
        .isCloseTo(0.6, within(1e-9));
    assertThat(LoadCurve.at(ALL, new Reading("p", 0, 10, 2, 10, 0))).isCloseTo(0.8, within(1e-9));
    assertThat(LoadCurve.at(ALL, new Reading("p", 75, 10, 2, 10, 60_000)))
        .isCloseTo(0.6, within(1e-9));
  }

  @Test
  void an_error_among_few_requests_says_nothing() {
    assertThat(LoadCurve.at(ALL, new Reading("p", 0, 4, 4, 0, 0))).isEqualTo(1);
    assertThat(LoadCurve.at(ALL, new Reading("p", 0, 5, 5, 0, 0))).isEqualTo(0.2);
  }

  @Test
  void what_nodes_see_is_added_up_and_a_silent_node_forgotten() {
    hear("a", inFlight(60));
    hear("b", inFlight(90));
    assertThat(scales.inForce("r", ALL)).isEqualTo(0.2);

    pass(Duration.ofSeconds(3));
    hear("a", inFlight(60));
    pass(Duration.ofSeconds(3));
    hear("a", inFlight(60));

    assertThat(scales.inForce("r", ALL)).as("b is silent").isCloseTo(0.92, within(1e-9));
  }

  @Test
  void a_rule_is_whole_while_nothing_is_heard() {
    assertThat(scales.inForce("r", ALL)).isEqualTo(1);
    hear("a", inFlight(150));
    pass(Duration.ofSeconds(1));
    assertThat(scales.inForce("r", ALL)).isEqualTo(0.2);

    pass(Duration.ofSeconds(6));

    assertThat(scales.inForce("r", ALL)).isEqualTo(1);
  }

  @Test
  void small_changes_are_passed_over_but_both_ends_are_reached() {
    assertThat(LoadCurve.next(ALL, 0.6, 0.65)).isEqualTo(0.6);
    assertThat(LoadCurve.next(ALL, 0.6, 0.71)).isEqualTo(0.71);
    assertThat(LoadCurve.next(ALL, 0.95, 1)).isEqualTo(1);
    assertThat(LoadCurve.next(ALL, 0.25, 0.2)).isEqualTo(0.2);
  }

  @Test
  void the_scale_in_force_is_a_gauge_for_each_rule() {
    scales.watch("r", ALL);
    assertThat(meters.get("tollgate.limit.scale").tag("rule", "r").gauge().value()).isEqualTo(1);

    hear("a", inFlight(100));
    pass(Duration.ofSeconds(1));

    assertThat(meters.get("tollgate.limit.scale").tag("rule", "r").gauge().value())
        .isCloseTo(0.6, within(1e-9));
  }

  @Test
  void other_numbers_for_a_rule_count_at_once() {
    hear("a", inFlight(100));
    assertThat(scales.inForce("r", ALL)).isCloseTo(0.6, within(1e-9));

    LoadScaling gentler = new LoadScaling("p", null, null, new Ramp(100, 150), 0.5, 0.1);

    assertThat(scales.inForce("r", gentler)).isEqualTo(1);
  }

  @Property
  void a_scale_stays_between_its_floor_and_one_and_falls_as_health_does(
      @ForAll @IntRange(max = 300) int inFlight,
      @ForAll @IntRange(max = 300) int more,
      @ForAll @IntRange(max = 50) int failed,
      @ForAll @IntRange(max = 50) int moreFailed,
      @ForAll @IntRange(max = 20_000) int latency,
      @ForAll @IntRange(max = 20_000) int moreLatency,
      @ForAll @DoubleRange(min = 0.01, max = 1) double floor) {
    LoadScaling load =
        new LoadScaling("p", ALL.latencyMillis(), ALL.errorRate(), ALL.inFlight(), floor, 0.1);

    double better = LoadCurve.at(load, new Reading("p", inFlight, 100, failed, 1, latency));
    double worse =
        LoadCurve.at(
            load,
            new Reading("p", inFlight + more, 100, failed + moreFailed, 1, latency + moreLatency));

    assertThat(better).isBetween(floor, 1.0);
    assertThat(worse).isBetween(floor, 1.0).isLessThanOrEqualTo(better);
  }

  /** Wherever in a band narrower than the hysteresis the health goes: the scale changes once. */
  @Property
  void a_health_that_trembles_does_not_make_the_scale_flap(
      @ForAll @IntRange(min = 60, max = 130) int middle,
      @ForAll @Size(max = 50) List<@IntRange(min = -5, max = 5) Integer> tremors) {
    double inForce = LoadCurve.next(ALL, 1, LoadCurve.at(ALL, inFlight(middle)));
    double first = inForce;
    int changes = 0;
    for (int tremor : tremors) {
      double next = LoadCurve.next(ALL, inForce, LoadCurve.at(ALL, inFlight(middle + tremor)));
      changes += next == inForce ? 0 : 1;
      inForce = next;
    }
    assertThat(changes).as("from %s at %s", first, middle).isLessThanOrEqualTo(1);
  }

  private void hear(String node, Reading reading) {
    healths.heard(new ProviderHealth(node, List.of(reading)));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Reading inFlight(long requests) {
    return new Reading("p", requests, 0, 0, 0, 0);
  }
}
