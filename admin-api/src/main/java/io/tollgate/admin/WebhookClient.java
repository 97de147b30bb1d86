package io.tollgate.admin;

import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.config.Webhook;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts alerts to the operator's webhook, each time once. Used on one event loop. */
final class WebhookClient {
  /** What came of posting. */
  enum Outcome {
    DELIVERED,
    /** Worth another attempt. */
    AWAY,
    /** The receiver does not want it, and will not want it again. */
    REFUSED
  }

  private static final int TOO_MANY_REQUESTS = 429;

  private final Webhook webhook;
  private final InstantSource clock;
  private final HttpClient client;

  WebhookClient(Vertx vertx, Webhook webhook, InstantSource clock) {
    this.webhook = webhook;
    this.clock = clock;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(webhook.timeout().toMillis())));
  }

  /** Never fails. */
  Future<Outcome> post(Alert alert) {
    Buffer body = AlertMessage.body(alert);
    RequestOptions options =
        new RequestOptions()
            .setAbsoluteURI(webhook.url().toString())
            .setMethod(HttpMethod.POST)
            .setFollowRedirects(false)
            .putHeader("content-type", "application/json")
            .putHeader("user-agent", "tollgate")
            .putHeader("X-Tollgate-Alert-Id", alert.id());
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    options.putHeader("X-Tollgate-Timestamp", timestamp);
    if (webhook.secret() != null) {
      options.putHeader(
          "X-Tollgate-Signature", AlertMessage.signature(webhook.secret(), timestamp, body));
    }
    return new Attempt(options, body).begin();
  }

  Future<Void> close() {
    return client.close();
  }

  /** What comes after the time limit is not sent, and not read. */
  private final class Attempt {
    private final RequestOptions options;
    private final Buffer body;
    private boolean isOver;

    private Attempt(RequestOptions options, Buffer body) {
      this.options = options;
      this.body = body;
    }

    Future<Outcome> begin() {
      return client
          .request(options)
          .compose(this::send)
          .timeout(webhook.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .onComplete(end -> isOver = true)
          .otherwise(Outcome.AWAY);
    }

    private Future<Outcome> send(HttpClientRequest request) {
      if (isOver) {
        request.reset();
        return Future.failedFuture(new TimeoutException());
      }
      return request.send(body).compose(this::judge).onFailure(fault -> request.reset());
    }

    private Future<Outcome> judge(HttpClientResponse response) {
      if (isOver) {
        return Future.failedFuture(new TimeoutException());
      }
      // Its text is nobody's business, and read away so that the connection can be used again.
      response
          .end()
          .timeout(webhook.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .onFailure(fault -> response.request().reset());
      int status = response.statusCode();
      if (status / 100 == 2) {
        return Future.succeededFuture(Outcome.DELIVERED);
      }
      boolean isAway = status == TOO_MANY_REQUESTS || status / 100 == 5;
      return Future.succeededFuture(isAway ? Outcome.AWAY : Outcome.REFUSED);
    }
  }
}
