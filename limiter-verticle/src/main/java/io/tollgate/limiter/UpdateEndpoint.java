package io.tollgate.limiter;

import io.tollgate.contract.config.Live;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /update_ratelimit_record}: what a request has used. Answers 200 without a body once Redis
 * has it, 400 when it can't be read, 500 without a body when Redis can't be told.
 */
final class UpdateEndpoint implements Handler<HttpServerRequest> {
  private static final Logger log = LoggerFactory.getLogger(UpdateEndpoint.class);
  private static final int MOST_BYTES = 256 * 1024;
  private static final long BODY_SECONDS = 10;

  private final AsmLimiter limiter;
  private final Live<AsmTariff> tariff;
  private final AsmMetrics metrics;

  UpdateEndpoint(AsmLimiter limiter, Live<AsmTariff> tariff, AsmMetrics metrics) {
    this.limiter = limiter;
    this.tariff = tariff;
    this.metrics = metrics;
  }

  @Override
  public void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    body(request)
        .timeout(BODY_SECONDS, TimeUnit.SECONDS)
        .onComplete(
            body -> update(response, body),
            fault -> {
              if (fault instanceof AsmFault large) {
                response.putHeader("Connection", "close");
                AsmEndpoints.refuse(response, large.status(), String.valueOf(large.getMessage()));
              } else {
                request.connection().close();
              }
            });
  }

  private void update(HttpServerResponse response, Buffer body) {
    UsageReport report;
    try {
      report = UsageReport.read(body);
    } catch (AsmFault fault) {
      AsmEndpoints.refuse(response, fault.status(), String.valueOf(fault.getMessage()));
      return;
    }
    limiter
        .debit(report.keys(), report.requestId(), tariff.now().cost(report))
        .onComplete(
            debited -> {
              metrics.updated(true);
              response.end();
            },
            fault -> {
              log.debug("usage was not debited", fault);
              metrics.updated(false);
              response.setStatusCode(500).end();
            });
  }

  /** The whole body, or an {@link AsmFault} as soon as it is too large. */
  private static Future<Buffer> body(HttpServerRequest request) {
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    request.exceptionHandler(whole::tryFail);
    request.endHandler(end -> whole.tryComplete(read));
    request.handler(
        part -> {
          if (read.length() + part.length() > MOST_BYTES) {
            whole.tryFail(AsmFault.tooLarge("allowed is a body of " + MOST_BYTES + " bytes"));
          } else {
            read.appendBuffer(part);
          }
        });
    return whole.future();
  }
}
