package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.http.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a route's upstreams, one after another as its fallback says, until one begins to answer.
 *
 * <p>Confined to one event loop.
 */
public final class Forwarder {
  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);

  private static final long CANCEL = 8;

  private final ProviderCatalogue providers;
  private final Map<String, UpstreamChoice> choices = new HashMap<>();

  public Forwarder(ProviderCatalogue providers, List<RouteConfig> routes) {
    this.providers = providers;
    for (RouteConfig route : routes) {
      choices.put(route.name(), new UpstreamChoice(route));
    }
  }

  /**
   * Never fails.
   *
   * @param client when it leaves, the provider is told to stop and nobody else is asked
   * @return the first attempt that is not worth another one, or the last
   */
  public Future<Attempt> forward(String route, UpstreamRequest request, ClientLink client) {
    UpstreamChoice choice = choices.get(route);
    if (choice == null) {
      throw new IllegalArgumentException("no route is called " + route);
    }
    return next(choice.chain(), choice.fallback(), request, client);
  }

  private Future<Attempt> next(
      Iterator<Upstream> chain,
      FallbackConfig.@Nullable On on,
      UpstreamRequest request,
      ClientLink client) {
    return ask(chain.next(), request, client)
        .compose(
            attempt -> {
              if (on == null || !chain.hasNext() || client.isGone() || !fails(on, attempt)) {
                return Future.succeededFuture(attempt);
              }
              discard(attempt);
              return next(chain, on, request, client);
            });
  }

  private static boolean fails(FallbackConfig.On on, Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered -> on.status(answered.response().statusCode());
      case Attempt.Unreachable unreachable -> on.connect();
      // Whoever falls back when there is no connection does so when it is lost at once, too.
      case Attempt.Broken broken -> on.connect();
      case Attempt.TimedOut timedOut -> on.timeout();
    };
  }

  private static void discard(Attempt attempt) {
    log.info("falling back: {}", describe(attempt));
    if (attempt instanceof Attempt.Answered answered) {
      Discarded.drain(answered.response());
    }
  }

  private static String describe(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered ->
          answered.provider() + " answered " + answered.response().statusCode();
      case Attempt.Unreachable unreachable ->
          unreachable.provider() + " is unreachable: " + unreachable.reason();
      case Attempt.TimedOut timedOut ->
          timedOut.provider() + " did not answer within " + timedOut.limit().toMillis() + " ms";
      case Attempt.Broken broken -> broken.provider() + " broke off: " + broken.reason();
    };
  }

  private Future<Attempt> ask(Upstream upstream, UpstreamRequest request, ClientLink client) {
    Provider provider = providers.get(upstream.provider());
    String model = upstream.mapping().apply(request.model());
    RequestOptions options =
        provider.address(request.operation(), request.rest(), model, request.query());
    options
        .setMethod(request.method())
        .setHeaders(request.headers().copy())
        .setConnectTimeout(provider.connectTimeout().toMillis());
    provider.authorize(options);
    return provider
        .client()
        .request(options)
        .transform(
            (connected, failure) ->
                failure == null
                    ? exchange(provider, connected, request.bytesFor(model), client)
                    : Future.succeededFuture(unreachable(provider, failure)));
  }

  private static Future<Attempt> exchange(
      Provider provider, HttpClientRequest connected, Buffer bytes, ClientLink client) {
    client.whenGone(() -> connected.reset(CANCEL));
    Deadlines.Wait wait =
        provider.patience().begin(() -> connected.reset(CANCEL, new TimeoutException()));
    Future<HttpClientResponse> response =
        bytes.length() == 0 ? connected.send() : connected.send(bytes);
    return response.transform(
        (answer, failure) -> {
          wait.over();
          return Future.succeededFuture(
              failure == null ? answered(provider, answer) : unanswered(provider, failure));
        });
  }

  private static Attempt answered(Provider provider, HttpClientResponse response) {
    response.pause();
    return new Attempt.Answered(provider.name(), response, provider.patience());
  }

  private static Attempt unreachable(Provider provider, Throwable failure) {
    return new Attempt.Unreachable(provider.name(), reason(failure));
  }

  private static Attempt unanswered(Provider provider, Throwable failure) {
    return isTimeout(failure)
        ? new Attempt.TimedOut(provider.name(), provider.patience().length())
        : new Attempt.Broken(provider.name(), reason(failure));
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof TimeoutException
        || (failure.getCause() != null && failure.getCause() instanceof TimeoutException);
  }

  private static String reason(Throwable failure) {
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }
}
