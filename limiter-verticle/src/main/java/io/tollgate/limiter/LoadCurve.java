package io.tollgate.limiter;

import io.tollgate.contract.config.LoadScaling;
import io.tollgate.contract.config.LoadScaling.Ramp;
import io.tollgate.contract.limiter.ProviderHealth.Reading;
import org.jspecify.annotations.Nullable;

/** Which part of its numbers a rule keeps at which health of its provider. */
final class LoadCurve {
  /** A share of fewer requests than these says nothing. */
  static final long FEWEST_ASKED = 5;

  private LoadCurve() {}

  /**
   * From 1 while all signals are well down to the floor; the worst signal counts.
   *
   * @param health of all nodes together
   */
  static double at(LoadScaling load, Reading health) {
    double worst = 0;
    if (health.answered() > 0) {
      double latencyMillis = (double) health.latencyMillis() / health.answered();
      worst = Math.max(worst, badness(load.latencyMillis(), latencyMillis));
    }
    if (health.asked() >= FEWEST_ASKED) {
      double errorRate = (double) health.failed() / health.asked();
      worst = Math.max(worst, badness(load.errorRate(), errorRate));
    }
    worst = Math.max(worst, badness(load.inFlight(), (double) health.inFlight()));
    return worst == 1 ? load.floor() : 1 - worst * (1 - load.floor());
  }

  /**
   * What is in force after {@code current} when the health asks for {@code wanted}: the same while
   * they differ by less than the hysteresis. Both ends are always reached.
   */
  static double next(LoadScaling load, double current, double wanted) {
    boolean isEnd = wanted == 1 || wanted == load.floor();
    return isEnd || Math.abs(wanted - current) >= load.hysteresis() ? wanted : current;
  }

  /** From 0, all is well, to 1, only the floor stays. */
  private static double badness(@Nullable Ramp ramp, double signal) {
    return ramp == null
        ? 0
        : Math.clamp((signal - ramp.from()) / (ramp.to() - ramp.from()), 0.0, 1.0);
  }
}
