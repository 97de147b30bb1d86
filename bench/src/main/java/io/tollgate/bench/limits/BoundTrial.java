package io.tollgate.bench.limits;

import io.tollgate.contract.limiter.Admission;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * More requests than a limit lets pass, at random times and of random sizes; what was used in the
 * fullest interval as long as a period, beginning with any request.
 */
final class BoundTrial {
  private static final long MOST_TOKENS = 60;
  private static final int ASKING = 16;

  /** What a request has used, by when it asked. */
  private record Use(double atMillis, long tokens) {}

  private final LimiterRig rig;
  private final Random random = new Random(4);
  private final List<Use> uses = new ArrayList<>();
  private final long began = System.nanoTime();
  private int asked;
  private int refused;

  BoundTrial(LimiterRig rig) {
    this.rig = rig;
  }

  void run(Duration length) throws IOException {
    rig.on(
        () -> {
          List<Future<?>> all = new ArrayList<>();
          for (int i = 0; i < ASKING; i++) {
            all.add(ask(length.toMillis()));
          }
          return Future.all(all);
        });
  }

  /** The most that was used in an interval of a period. */
  long fullest() {
    long most = 0;
    for (Use first : uses) {
      long sum = 0;
      for (Use use : uses) {
        double after = use.atMillis() - first.atMillis();
        sum += after >= 0 && after < Counting.PERIOD_MILLIS ? use.tokens() : 0;
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  int asked() {
    return asked;
  }

  int refused() {
    return refused;
  }

  private double nowMillis() {
    return (System.nanoTime() - began) / 1e6;
  }

  private Future<?> ask(long untilMillis) {
    if (nowMillis() > untilMillis) {
      return Future.succeededFuture();
    }
    String id = "b" + asked++;
    long tokens = 1 + random.nextLong(MOST_TOKENS);
    return rig.admit(id, tokens)
        .compose(admission -> use(id, tokens, admission))
        .compose(used -> rig.vertx().timer(1 + random.nextInt(40)))
        .compose(paused -> ask(untilMillis));
  }

  private Future<?> use(String id, long tokens, Admission admission) {
    double at = nowMillis();
    if (!(admission instanceof Admission.Admitted admitted)) {
      refused++;
      return Future.succeededFuture();
    }
    long used = random.nextLong(tokens + 1);
    uses.add(new Use(at, used));
    return rig.vertx()
        .timer(1 + random.nextInt(100))
        .compose(over -> rig.settle(id, used, admitted.holds()));
  }
}
