package io.tollgate.bench.limits;

import io.tollgate.contract.limiter.Admission;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Spends a limit, and then asks every millisecond from shortly before the time that the refusal
 * told: how much later, or earlier, the retry really passes.
 */
final class WaitTrial {
  private static final long TOKENS = 40;
  private static final long EARLY_MILLIS = 25;

  private final LimiterRig rig;
  private final List<Double> errorsMillis = new ArrayList<>();
  private int asked;

  WaitTrial(LimiterRig rig) {
    this.rig = rig;
  }

  void run(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      rig.on(this::spend);
    }
  }

  /** Positive where the retry passed later than told. */
  List<Double> errorsMillis() {
    return errorsMillis;
  }

  private Future<Object> spend() {
    return pass()
        .compose(
            admission -> {
              if (!(admission instanceof Admission.Throttled refusal)) {
                return spend();
              }
              long told = System.nanoTime() + refusal.resetMillis() * 1_000_000;
              long pause = Math.max(1, refusal.resetMillis() - EARLY_MILLIS);
              return rig.vertx().timer(pause).compose(near -> retry(told));
            });
  }

  private Future<Object> retry(long toldNanos) {
    return pass()
        .compose(
            admission -> {
              if (admission instanceof Admission.Throttled) {
                return rig.vertx()
                    .timer(1, TimeUnit.MILLISECONDS)
                    .compose(later -> retry(toldNanos));
              }
              errorsMillis.add((System.nanoTime() - toldNanos) / 1e6);
              return Future.succeededFuture();
            });
  }

  /** A request that uses all that it holds. */
  private Future<Admission> pass() {
    String id = "w" + asked++;
    return rig.admit(id, TOKENS)
        .compose(
            admission ->
                admission instanceof Admission.Admitted admitted
                    ? rig.settle(id, TOKENS, admitted.holds()).map(admission)
                    : Future.succeededFuture(admission));
  }
}
