package io.tollgate.proxy.service;

import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Speaks ASM's interface to limiting services, as one event loop reaches them.
 *
 * <p>Beyond the interface it names the request and says what it may cost, so that a service which
 * knows of holds takes one, and counts each request once.
 */
public final class LimitService {
  private static final int POOL_SIZE = 64;
  private static final int MAX_WAITING = 1024;
  private static final int MOST_ANSWER_BYTES = 64 * 1024;
  private static final int LONGEST_DESCRIPTION = 1000;

  /** For how long a service is to hold what is never told of. */
  private static final Duration LEASE = Duration.ofMinutes(10);

  private final Vertx vertx;
  private final HttpClient client;

  public LimitService(Vertx vertx) {
    this.vertx = vertx;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true).setKeepAliveTimeout(15),
            new PoolOptions().setHttp1MaxSize(POOL_SIZE).setMaxWaitQueueSize(MAX_WAITING));
  }

  private record Answer(int status, Buffer body) {}

  /** Never fails. */
  public Future<Verdict> ask(Question question) {
    return send(
            question.service(), HttpMethod.GET, "/ratelimit?" + query(question), Buffer.buffer())
        .map(LimitService::verdict)
        .otherwise(fault -> new Verdict.Broken(String.valueOf(fault.getMessage())));
  }

  /**
   * Tells what a request has used.
   *
   * @return the status of the service's answer; fails when there is none in time
   */
  Future<Integer> tell(Question question, TokenUsage usage) {
    JsonObject body =
        new JsonObject()
            .put("ratelimit_keys", new JsonArray(question.keys()))
            .put("prompt_tokens", usage.promptTokens())
            .put("completion_tokens", usage.billableTokens() - usage.promptTokens())
            .put("total_tokens", usage.billableTokens())
            .put("request_id", question.requestId());
    return send(question.service(), HttpMethod.POST, "/update_ratelimit_record", body.toBuffer())
        .map(Answer::status);
  }

  public Future<Void> close() {
    return client.close();
  }

  private Future<Answer> send(
      LimitServiceConfig service, HttpMethod method, String target, Buffer body) {
    Promise<Answer> answer = Promise.promise();
    RequestOptions options =
        new RequestOptions().setMethod(method).setAbsoluteURI(service.service() + target);
    client
        .request(options)
        .onFailure(answer::tryFail)
        .onSuccess(
            request -> {
              answer.future().onFailure(late -> request.reset());
              exchange(request, method, body)
                  .onSuccess(answer::tryComplete)
                  .onFailure(answer::tryFail);
            });
    long millis = service.timeout().toMillis();
    // Not the promise's timeout, which would take the request to another thread.
    long timer =
        vertx.setTimer(
            Math.max(1, millis), late -> answer.tryFail("no answer within " + millis + " ms"));
    return answer.future().onComplete(end -> vertx.cancelTimer(timer));
  }

  private static Future<Answer> exchange(
      HttpClientRequest request, HttpMethod method, Buffer body) {
    if (method.equals(HttpMethod.POST)) {
      request.putHeader("content-type", "application/json");
    }
    return request
        .send(body)
        .compose(response -> read(response).map(whole -> new Answer(response.statusCode(), whole)));
  }

  private static Future<Buffer> read(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(read));
    response.handler(
        part -> {
          if (read.length() + part.length() > MOST_ANSWER_BYTES) {
            whole.tryFail("an answer of more than " + MOST_ANSWER_BYTES + " bytes");
          } else {
            read.appendBuffer(part);
          }
        });
    return whole.future();
  }

  private static Verdict verdict(Answer answer) {
    if (answer.status() != 200) {
      return new Verdict.Broken("status " + answer.status());
    }
    try {
      JsonObject json = new JsonObject(answer.body());
      if (json.getValue("allow") instanceof Boolean allow) {
        return allow ? new Verdict.Allowed() : new Verdict.Denied(description(json));
      }
      return new Verdict.Broken("an answer without allow");
    } catch (DecodeException | ClassCastException e) {
      return new Verdict.Broken("an answer that is no JSON object");
    }
  }

  private static String description(JsonObject json) {
    String text = json.getValue("description") instanceof String said ? said : "";
    if (text.isBlank()) {
      return "Too many requests";
    }
    return text.length() > LONGEST_DESCRIPTION ? text.substring(0, LONGEST_DESCRIPTION) : text;
  }

  private static String query(Question question) {
    return "ratelimit_keys="
        + encoded(new JsonArray(question.keys()).encode())
        + "&request_id="
        + encoded(question.requestId())
        + "&prompt_estimate="
        + question.estimate().promptTokens()
        + "&completion_estimate="
        + question.estimate().outputTokens()
        + "&lease_seconds="
        + LEASE.toSeconds();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
