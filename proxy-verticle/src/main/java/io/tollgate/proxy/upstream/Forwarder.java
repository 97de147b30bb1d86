package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.Interest;
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
  private static final int FIRST_SERVER_ERROR = 500;

  private final ProviderCatalogue providers;
  private final Map<String, UpstreamChoice> choices = new HashMap<>();

  public Forwarder(ProviderCatalogue providers, List<RouteConfig> routes) {
    this.providers = providers;
    for (RouteConfig route : routes) {
      choices.put(route.name(), new UpstreamChoice(route));
    }
  }

  /** Chooses whom a request may go to. */
  public UpstreamChain choose(String route) {
    UpstreamChoice choice = choices.get(route);
    if (choice == null) {
      throw new IllegalArgumentException("no route is called " + route);
    }
    return choice.chain();
  }

  /**
   * Never fails.
   *
   * @param interest when the client leaves nobody else is asked, and when nobody wants the answer
   *     any more, the provider is told to stop
   * @return the first attempt that is not worth another one, or the last
   */
  public Future<Attempt> forward(
      UpstreamChain chain, UpstreamRequest request, Interest interest, Course course) {
    Iterator<Upstream> upstreams = chain.upstreams().iterator();
    return attempt(upstreams.next(), upstreams, chain.on(), request, interest, course);
  }

  private Future<Attempt> attempt(
      Upstream upstream,
      Iterator<Upstream> after,
      FallbackConfig.@Nullable On on,
      UpstreamRequest request,
      Interest interest,
      Course course) {
    return ask(upstream, request, interest, course)
        .compose(
            attempt -> {
              if (isLost(attempt)) {
                String model = upstream.mapping().apply(request.model());
                course.promptRead(model == null ? "" : model);
              }
              if (on == null || !after.hasNext() || interest.isUnseen() || !fails(on, attempt)) {
                return Future.succeededFuture(attempt);
              }
              discard(attempt);
              return instead(attempt.provider(), after, on, request, interest, course);
            });
  }

  /**
   * @param asked the last that was asked
   */
  private Future<Attempt> instead(
      String asked,
      Iterator<Upstream> after,
      FallbackConfig.On on,
      UpstreamRequest request,
      Interest interest,
      Course course) {
    Upstream next = after.next();
    return course
        .mayAsk(next.provider())
        .compose(
            may -> {
              if (may) {
                return attempt(next, after, on, request, interest, course);
              }
              return after.hasNext() && !interest.isUnseen()
                  ? instead(asked, after, on, request, interest, course)
                  : Future.succeededFuture(new Attempt.NotAdmitted(asked));
            });
  }

  private static boolean isLost(Attempt attempt) {
    return switch (attempt) {
      case Attempt.TimedOut late -> true;
      case Attempt.Broken broken -> true;
      case Attempt.Answered answered -> false;
      case Attempt.Unreachable unreachable -> false;
      case Attempt.NotAdmitted refused -> false;
    };
  }

  private static boolean fails(FallbackConfig.On on, Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered -> on.status(answered.response().statusCode());
      case Attempt.Unreachable unreachable -> on.connect();
      // Whoever falls back when there is no connection does so when it is lost at once, too.
      case Attempt.Broken broken -> on.connect();
      case Attempt.TimedOut timedOut -> on.timeout();
      case Attempt.NotAdmitted refused -> false;
    };
  }

  private static void discard(Attempt attempt) {
    log.info("falling back: {}", describe(attempt));
    if (attempt instanceof Attempt.Answered answered) {
      Discarded.drain(answered);
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
      case Attempt.NotAdmitted refused -> "nobody else may be asked";
    };
  }

  /**
   * What one provider is asked.
   *
   * @param model as it calls it; null when the request names none
   * @param outputCap what we have lowered the output of each text to; null when we have not
   */
  private record Question(
      Provider provider, @Nullable String model, Buffer bytes, @Nullable Long outputCap) {
    Attempt answered(HttpClientResponse response) {
      response.pause();
      return new Attempt.Answered(provider.name(), model, response, provider.patience(), outputCap);
    }

    Attempt unanswered(Throwable failure) {
      return isTimeout(failure)
          ? new Attempt.TimedOut(provider.name(), provider.patience().length())
          : new Attempt.Broken(provider.name(), reason(failure));
    }
  }

  private Future<Attempt> ask(
      Upstream upstream, UpstreamRequest request, Interest interest, Course course) {
    Provider provider = providers.get(upstream.provider());
    String model = upstream.mapping().apply(request.model());
    Long cap = course.outputCap();
    Question question =
        new Question(
            provider,
            model,
            request.bytesFor(model, cap),
            request.isLoweredTo(cap, model) ? cap : null);
    RequestOptions options =
        provider.address(request.operation(), request.rest(), model, request.query());
    options
        .setMethod(request.method())
        .setHeaders(request.headers().copy())
        .setConnectTimeout(provider.connectTimeout().toMillis());
    provider.authorize(options);
    Pulse.Beat beat = provider.pulse().begin();
    return provider
        .client()
        .request(options)
        .transform(
            (connected, failure) ->
                failure == null
                    ? exchange(question, connected, interest)
                    : Future.succeededFuture(unreachable(provider, failure)))
        .onComplete(attempt -> note(beat, attempt, interest), fault -> beat.over());
  }

  /** What we have broken off ourselves says nothing of the provider. */
  private static void note(Pulse.Beat beat, Attempt attempt, Interest interest) {
    if (attempt instanceof Attempt.Answered answered) {
      HttpClientResponse response = answered.response();
      beat.answered(response.statusCode() >= FIRST_SERVER_ERROR);
      response.end().onComplete(end -> beat.over());
    } else if (interest.isUnseen() || interest.isLost()) {
      beat.over();
    } else {
      beat.failed();
    }
  }

  private static Future<Attempt> exchange(
      Question question, HttpClientRequest connected, Interest interest) {
    Provider provider = question.provider();
    if (interest.isUnseen()) {
      connected.reset(CANCEL);
      return Future.succeededFuture(
          new Attempt.Unreachable(provider.name(), "the client left before the request was sent"));
    }
    interest.whenLost(() -> connected.reset(CANCEL));
    Deadlines.Wait wait =
        provider.patience().begin(() -> connected.reset(CANCEL, new TimeoutException()));
    Buffer bytes = question.bytes();
    Future<HttpClientResponse> response =
        bytes.length() == 0 ? connected.send() : connected.send(bytes);
    return response.transform(
        (answer, failure) -> {
          wait.over();
          return Future.succeededFuture(
              failure == null ? question.answered(answer) : question.unanswered(failure));
        });
  }

  private static Attempt unreachable(Provider provider, Throwable failure) {
    return new Attempt.Unreachable(provider.name(), reason(failure));
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof TimeoutException
        || (failure.getCause() != null && failure.getCause() instanceof TimeoutException);
  }

  private static String reason(Throwable failure) {
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }
}
