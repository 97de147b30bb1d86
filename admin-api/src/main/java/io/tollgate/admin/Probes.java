package io.tollgate.admin;

import io.tollgate.admin.Readiness.Check;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Whether the node lives, and whether it can serve: {@code /healthz}. */
final class Probes {
  private static final long TIMEOUT_MILLIS = Duration.ofSeconds(5).toMillis();

  private final Readiness readiness;

  Probes(Readiness readiness) {
    this.readiness = readiness;
  }

  /** An answer at all is the proof. */
  Future<Answer> live() {
    return Future.succeededFuture(Answer.ok(Map.of("status", "live")));
  }

  Future<Answer> ready() {
    return readiness
        .checks()
        .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .otherwise(fault -> List.of(new Check("readiness", false, "not known in time")))
        .map(Probes::answer);
  }

  private static Answer answer(List<Check> checks) {
    List<String> missing = checks.stream().filter(c -> !c.ok()).map(Check::name).toList();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", missing.isEmpty() ? "ready" : "not_ready");
    body.put("missing", missing);
    body.put("checks", checks);
    return new Answer(missing.isEmpty() ? 200 : 503, body, Map.of());
  }
}
