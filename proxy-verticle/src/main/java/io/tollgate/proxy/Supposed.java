package io.tollgate.proxy;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.explain.ExplainRequest;
import io.tollgate.proxy.http.IdentityHeaders;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.http.Query;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.RequestPath;
import io.tollgate.proxy.http.RouteTable;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Malformed;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.service.CallView;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that nobody has sent, read and routed as one that came.
 *
 * @param metered whether limits and quotas are asked about it
 * @param body what the gateway understands of it
 * @param model null when it names none
 */
record Supposed(
    ExplainRequest request,
    RequestPath path,
    MultiMap headers,
    Query query,
    Operation operation,
    long version,
    RouteConfig route,
    boolean metered,
    RequestBody body,
    @Nullable String model) {
  private static final String POST = "POST";

  /** What is found out before the body is looked at. */
  private record Head(
      RequestPath path, Query query, MultiMap headers, RouteTable.Candidates candidates) {}

  static Step<Supposed> read(ExplainRequest request, Live.Version<RouteTable> routes) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    request.headers().forEach(headers::add);
    String named = IdentityHeaders.strip(headers);
    int question = request.path().indexOf('?');
    String path = question < 0 ? request.path() : request.path().substring(0, question);
    return RequestPath.parse(path)
        .then(
            parsed ->
                Query.parse(question < 0 ? null : request.path().substring(question + 1))
                    .then(query -> head(parsed, query, headers, routes.value())))
        .then(head -> route(request, head, named, routes.id()));
  }

  private static Step<Head> head(
      RequestPath path, Query query, MultiMap headers, RouteTable routes) {
    RouteTable.Candidates candidates = routes.candidates(path, host(headers), headers);
    return candidates.isEmpty()
        ? Step.refuse(new Refusal.RouteNotFound())
        : Step.next(new Head(path, query, headers, candidates));
  }

  private static Step<Supposed> route(
      ExplainRequest request, Head head, @Nullable String named, long version) {
    Operation operation = head.path().operation(head.candidates().pathPrefix());
    for (RouteConfig route : head.candidates().mayTake(named)) {
      QuotaBlock quota = route.quota();
      if (quota != null && QuotaCommand.of(quota, head.path().decoded()) != null) {
        return Step.next(
            supposed(request, head, operation, version, route, false, RequestBody.none(), named));
      }
    }
    boolean posted = request.method().equals(POST);
    RequestBody body = RequestBody.none();
    if (posted && operation.costsTokens()) {
      switch (RequestBody.read(Buffer.buffer(request.body()))) {
        case RequestBody read -> body = read;
        case Malformed malformed -> {
          return Step.refuse(new Refusal.Malformed(malformed.message()));
        }
      }
    }
    String model = body.model() == null ? named : body.model();
    RouteConfig route =
        operation == Operation.MODELS && !posted
            ? head.candidates().routes().getFirst()
            : head.candidates().forModel(model);
    return route == null
        ? Step.refuse(new Refusal.ModelNotFound(model))
        : Step.next(supposed(request, head, operation, version, route, posted, body, model));
  }

  private static Supposed supposed(
      ExplainRequest request,
      Head head,
      Operation operation,
      long version,
      RouteConfig route,
      boolean metered,
      RequestBody body,
      @Nullable String model) {
    return new Supposed(
        request,
        head.path(),
        head.headers(),
        head.query(),
        operation,
        version,
        route,
        metered,
        body,
        model);
  }

  private static String host(MultiMap headers) {
    String host = headers.get("host");
    if (host == null) {
      return "";
    }
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  /** As a limiting service's rule looks at it. */
  CallView seenBy(@Nullable String consumer) {
    return new CallView(
        headers,
        host(headers).toLowerCase(Locale.ROOT),
        path.decoded(),
        query,
        consumer,
        route.name(),
        RemoteAddress.plain(request.remoteAddress()));
  }

  String modelOrBlank() {
    return model == null ? "" : model;
  }
}
