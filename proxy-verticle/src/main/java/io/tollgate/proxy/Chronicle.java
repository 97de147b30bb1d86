package io.tollgate.proxy;

import io.tollgate.proxy.http.ErrorAnswer;
import io.tollgate.proxy.http.ErrorBody;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Responder;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.service.ServiceRule;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes requests: tells the client of a refusal, then counts and writes down what was decided. */
final class Chronicle {
  private static final Logger log = LoggerFactory.getLogger(Chronicle.class);

  private final ProxyMetrics metrics;
  private final DecisionLog decisions = new DecisionLog();

  Chronicle(ProxyMetrics metrics) {
    this.metrics = metrics;
  }

  void arrived() {
    metrics.arrived();
  }

  /**
   * Tells the client of a refusal.
   *
   * @param end null when the gateway failed
   * @param fault null when it did not
   */
  void answer(
      HttpServerRequest request,
      CallNotes notes,
      @Nullable Step<Served> end,
      @Nullable Throwable fault) {
    if (end == null) {
      log.error("request {} failed", notes.requestId(), fault);
      refuse(request, notes, new Refusal.GatewayFault());
    } else {
      switch (end) {
        case Step.Next<Served> served -> notes.status = served.value().status();
        case Step.Refused<Served> refused -> refuse(request, notes, refused.refusal());
      }
    }
    notes.endNanos = System.nanoTime();
  }

  /** The bill is known. */
  void close(CallNotes notes) {
    metrics.ended(notes);
    long used = notes.bill == null ? 0 : notes.bill.usage().billableTokens();
    notes.passages.forEach(passage -> passage.ended(used));
    decisions.write(notes);
  }

  private static void refuse(HttpServerRequest request, CallNotes notes, Refusal refusal) {
    ErrorAnswer error = ErrorAnswer.of(refusal);
    notes.status = error.status();
    notes.verdict = error.code();
    notes.rule = rule(refusal);
    notes.cause = refusal instanceof Refusal.RateLimited limited ? limited.limit().cause() : null;
    if (request.response().headWritten()) {
      request.response().reset();
    } else if (!(refusal instanceof Refusal.ClientGone)) {
      Responder.refuse(request, ErrorBody.forPath(request.path()), error);
    }
  }

  private static @Nullable String rule(Refusal refusal) {
    return switch (refusal) {
      case Refusal.RateLimited limited -> limited.limit().rule();
      case Refusal.LimiterUnavailable unavailable -> unavailable.rule();
      case Refusal.QuotaExhausted exhausted -> ruleOf(exhausted.quota().budget());
      case Refusal.DeniedByService denied -> ServiceRule.NAME;
      default -> null;
    };
  }

  /** A plain balance is the route's own. */
  private static @Nullable String ruleOf(@Nullable String budget) {
    return budget == null ? null : BudgetRule.nameOf(budget);
  }
}
