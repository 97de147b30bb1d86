package io.tollgate.proxy;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.proxy.http.BodyReader;
import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.IdentityHeaders;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.http.Query;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.RequestPath;
import io.tollgate.proxy.http.RouteTable;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Malformed;
import io.tollgate.proxy.meter.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a request and finds its route. One for each event loop. */
final class CallReader {
  private final Live<RouteTable> routes;
  private final long maxBodyBytes;
  private final Deadlines bodyDeadlines;

  CallReader(Live<RouteTable> routes, long maxBodyBytes, Deadlines bodyDeadlines) {
    this.routes = routes;
    this.maxBodyBytes = maxBodyBytes;
    this.bodyDeadlines = bodyDeadlines;
  }

  /** Called at once when the request's head has arrived. */
  Future<Step<RoutedCall>> read(HttpServerRequest request, ClientLink client, CallNotes notes) {
    return switch (head(request, client, notes)) {
      case Step.Refused<InboundCall> refused -> Step.refused(refused.refusal());
      case Step.Next<InboundCall> call ->
          BodyReader.read(request, maxBodyBytes, bodyDeadlines)
              .map(body -> body.then(bytes -> route(call.value(), bytes)));
    };
  }

  private Step<InboundCall> head(HttpServerRequest request, ClientLink client, CallNotes notes) {
    String namedModel = IdentityHeaders.strip(request.headers());
    return RequestPath.parse(request.path())
        .then(
            path ->
                Query.parse(request.query())
                    .then(query -> candidates(request, client, notes, path, query, namedModel)));
  }

  private Step<InboundCall> candidates(
      HttpServerRequest request,
      ClientLink client,
      CallNotes notes,
      RequestPath path,
      Query query,
      @Nullable String namedModel) {
    HostAndPort authority = request.authority();
    String host = authority == null ? "" : authority.host();
    Live.Version<RouteTable> table = routes.newest();
    RouteTable.Candidates candidates = table.value().candidates(path, host, request.headers());
    if (candidates.isEmpty()) {
      return Step.refuse(new Refusal.RouteNotFound());
    }
    Operation operation = path.operation(candidates.pathPrefix());
    return Step.next(
        new InboundCall(
            notes, request, client, path, query, namedModel, table.id(), candidates, operation));
  }

  private static Step<RoutedCall> route(InboundCall call, Buffer bytes) {
    Step<RoutedCall> administration = administration(call, bytes);
    if (administration != null) {
      return administration;
    }
    HttpMethod method = call.request().method();
    if (call.operation() == Operation.MODELS && method.equals(HttpMethod.GET)) {
      RouteConfig first = call.candidates().routes().getFirst();
      return routed(call, new Purpose.ListModels(), first, bytes, RequestBody.none());
    }
    Purpose purpose = method.equals(HttpMethod.POST) ? new Purpose.Metered() : new Purpose.Passed();
    return body(call, purpose, bytes).then(body -> byModel(call, purpose, bytes, body));
  }

  /** Null when the path is no call to a route's quota. */
  private static @Nullable Step<RoutedCall> administration(InboundCall call, Buffer bytes) {
    for (RouteConfig route : call.candidates().mayTake(call.namedModel())) {
      QuotaBlock quota = route.quota();
      QuotaCommand command = quota == null ? null : QuotaCommand.of(quota, call.path().decoded());
      if (quota != null && command != null) {
        Purpose purpose = new Purpose.AdministerQuota(quota, command);
        return routed(call, purpose, route, bytes, RequestBody.none());
      }
    }
    return null;
  }

  private static Step<RequestBody> body(InboundCall call, Purpose purpose, Buffer bytes) {
    boolean expected = purpose.isMetered() && call.operation().costsTokens();
    if (!expected && !isJson(call.request())) {
      return Step.next(RequestBody.none());
    }
    return switch (RequestBody.read(bytes)) {
      case RequestBody body -> Step.next(body);
      case Malformed malformed ->
          expected
              ? Step.refuse(new Refusal.Malformed(malformed.message()))
              : Step.next(RequestBody.none());
    };
  }

  private static boolean isJson(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    return type != null && type.toLowerCase(Locale.ROOT).contains("json");
  }

  private static Step<RoutedCall> byModel(
      InboundCall call, Purpose purpose, Buffer bytes, RequestBody body) {
    String model = body.model() == null ? call.namedModel() : body.model();
    RouteConfig route = call.candidates().forModel(model);
    if (route == null) {
      return Step.refuse(new Refusal.ModelNotFound(model));
    }
    return routed(call, purpose, route, bytes, body);
  }

  private static Step<RoutedCall> routed(
      InboundCall call, Purpose purpose, RouteConfig route, Buffer bytes, RequestBody body) {
    String model = body.model() == null ? call.namedModel() : body.model();
    call.notes().route = route.name();
    call.notes().model = model;
    call.notes().stream = body.stream();
    return Step.next(new RoutedCall(call, purpose, route, bytes, body, model));
  }
}
