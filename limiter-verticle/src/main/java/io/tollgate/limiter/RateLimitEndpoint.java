package io.tollgate.limiter;

import io.tollgate.contract.config.Live;
import io.tollgate.limiter.AsmLimiter.Identity;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /ratelimit}: whether a request with certain keys may pass. Says so with 200 either way,
 * and with 400 and no body that it can't say. Keys that can't be read are no keys, which is
 * allowed.
 *
 * <p>Beyond ASM's interface a caller may say {@code request_id}, with {@code estimate} in tokens,
 * or {@code prompt_estimate} and {@code completion_estimate}, and {@code lease_seconds}.
 */
final class RateLimitEndpoint implements Handler<HttpServerRequest> {
  private static final Logger log = LoggerFactory.getLogger(RateLimitEndpoint.class);
  private static final long MOST_ESTIMATED = 1L << 40;
  private static final long DEFAULT_LEASE_SECONDS = 60;
  private static final long LONGEST_LEASE_SECONDS = 3600;

  private final AsmLimiter limiter;
  private final Live<AsmTariff> tariff;
  private final AsmMetrics metrics;

  /** A question that is understood. */
  private record Question(List<String> keys, Identity identity) {}

  RateLimitEndpoint(AsmLimiter limiter, Live<AsmTariff> tariff, AsmMetrics metrics) {
    this.limiter = limiter;
    this.tariff = tariff;
    this.metrics = metrics;
  }

  @Override
  public void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Question question;
    try {
      question = question(request);
    } catch (AsmFault fault) {
      AsmEndpoints.refuse(response, fault.status(), String.valueOf(fault.getMessage()));
      return;
    }
    limiter
        .check(question.keys(), question.identity())
        .onComplete(
            exhausted -> answer(response, exhausted),
            fault -> {
              log.debug("no answer about a limit", fault);
              metrics.checkFailed();
              response.setStatusCode(400).end();
            });
  }

  private void answer(HttpServerResponse response, Optional<String> exhausted) {
    metrics.checked(exhausted.isEmpty());
    AsmEndpoints.send(
        response,
        new JsonObject()
            .put("allow", exhausted.isEmpty())
            .put("description", exhausted.map(RateLimitEndpoint::describe).orElse("ok")));
  }

  private static String describe(String key) {
    return key + " is being rate-limited";
  }

  private Question question(HttpServerRequest request) throws AsmFault {
    Optional<MultiMap> readable = paramsOf(request);
    if (readable.isEmpty()) {
      return new Question(List.of(), Identity.UNKNOWN);
    }
    MultiMap params = readable.get();
    return new Question(AsmKeys.ofQuery(params.get("ratelimit_keys")), identity(params));
  }

  private static Optional<MultiMap> paramsOf(HttpServerRequest request) {
    try {
      return Optional.of(request.params(true));
    } catch (IllegalArgumentException badEscape) {
      return Optional.empty();
    }
  }

  private Identity identity(MultiMap params) throws AsmFault {
    String id = params.get("request_id");
    if (id == null) {
      return Identity.UNKNOWN;
    }
    long whole = number(params, "estimate", 0, MOST_ESTIMATED, 1);
    long prompt = number(params, "prompt_estimate", 0, MOST_ESTIMATED, -1);
    long completion = number(params, "completion_estimate", 0, MOST_ESTIMATED, -1);
    long tokens =
        prompt < 0 && completion < 0
            ? whole
            : tariff.now().cost(Math.max(0, prompt), Math.max(0, completion));
    long seconds = number(params, "lease_seconds", 1, LONGEST_LEASE_SECONDS, DEFAULT_LEASE_SECONDS);
    return new Identity(AsmKeys.requestId(id), Math.max(1, tokens), Duration.ofSeconds(seconds));
  }

  private static long number(MultiMap params, String name, long least, long most, long orElse)
      throws AsmFault {
    String text = params.get(name);
    if (text == null) {
      return orElse;
    }
    long number = text.matches("\\d{1,15}") ? Long.parseLong(text) : -1;
    if (number < least || number > most) {
      throw AsmFault.malformed(name + ": allowed is a whole number from " + least + " to " + most);
    }
    return number;
  }
}
