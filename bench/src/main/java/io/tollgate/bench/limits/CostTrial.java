package io.tollgate.bench.limits;

import io.tollgate.contract.limiter.Admission;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests one after the other that are admitted and settled: CPU and script calls of each. */
final class CostTrial {
  private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

  /**
   * @param cpuMicros of the limiter and its Redis, for each request
   * @param calls scripts, for each request
   */
  record Cost(double cpuMicros, double calls) {}

  private final LimiterRig rig;
  private final int round;
  private int asked;

  CostTrial(LimiterRig rig, int round) {
    this.rig = rig;
    this.round = round;
  }

  Cost run(int requests) throws IOException {
    rig.redis(Command.CONFIG, "RESETSTAT");
    long before = rig.cpu().toNanos();
    rig.on(() -> next(requests));
    double micros = (rig.cpu().toNanos() - before) / 1e3 / requests;
    Matcher calls = CALLS.matcher(rig.redis(Command.INFO, "commandstats"));
    return new Cost(micros, calls.find() ? Double.parseDouble(calls.group(1)) / requests : 0);
  }

  private Future<Object> next(int left) {
    if (left == 0) {
      return Future.succeededFuture();
    }
    String id = "c" + round + "-" + asked++;
    return rig.admit(id, 10)
        .compose(
            admission ->
                admission instanceof Admission.Admitted admitted
                    ? rig.settle(id, 7, admitted.holds())
                    : Future.failedFuture("refused: " + admission))
        .compose(settled -> next(left - 1));
  }
}
