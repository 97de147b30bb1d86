package io.tollgate.admin;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.explain.ExplainService;
import io.tollgate.contract.quota.QuotaService;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.TimeoutHandler;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Which call goes where on the administrator's port. */
final class AdminRouter {
  private static final long MAX_BODY_BYTES = 64 * 1024;
  private static final long REQUEST_TIMEOUT_MILLIS = Duration.ofSeconds(20).toMillis();
  private static final long SCRAPE_TIMEOUT_MILLIS = Duration.ofSeconds(10).toMillis();

  private final Vertx vertx;
  private final BearerToken token;
  private final QuotaResource quotas;
  private final RuleResource rules;
  private final ExplainResource explanations;
  private final BudgetResource budgets;
  private final Probes probes;
  private final Supplier<String> metrics;
  private final Buffer openApi;

  AdminRouter(
      Vertx vertx,
      Live<AdminSettings> settings,
      QuotaService quota,
      RuleEditor editor,
      ExplainService explaining,
      Readiness readiness,
      Supplier<String> metrics,
      Buffer openApi) {
    this.vertx = vertx;
    this.token = new BearerToken(settings.now().listen().token());
    AccountDesk desk = new AccountDesk(quota);
    this.quotas = new QuotaResource(settings, desk);
    this.budgets = new BudgetResource(settings, desk);
    this.rules = new RuleResource(editor);
    this.explanations = new ExplainResource(explaining);
    this.probes = new Probes(readiness);
    this.metrics = metrics;
    this.openApi = openApi;
  }

  /** All that is served; {@code openapi.yaml} says the same. */
  List<Endpoint> endpoints() {
    return List.of(
        open("/healthz/live", json(call -> probes.live())),
        open("/healthz/ready", json(call -> probes.ready())),
        open("/metrics", this::scrape),
        open("/api/v1/openapi.yaml", call -> Responses.send(call, 200, Responses.YAML, openApi)),
        secured(HttpMethod.POST, "/api/v1/explain", explanations::explain),
        secured(HttpMethod.GET, "/api/v1/quotas", quotas::list),
        secured(HttpMethod.GET, "/api/v1/quotas/{consumer}", quotas::show),
        secured(HttpMethod.PUT, "/api/v1/quotas/{consumer}", quotas::replace),
        secured(HttpMethod.POST, "/api/v1/quotas/{consumer}/delta", quotas::add),
        secured(HttpMethod.GET, "/api/v1/rules", rules::show),
        secured(HttpMethod.PUT, "/api/v1/routes/{route}/limits", rules::replaceLimits),
        secured(HttpMethod.DELETE, "/api/v1/routes/{route}/limits", rules::resetLimits),
        secured(HttpMethod.PUT, "/api/v1/budgets", rules::replaceBudgets),
        secured(HttpMethod.DELETE, "/api/v1/budgets", rules::resetBudgets),
        secured(HttpMethod.PUT, "/api/v1/budgets/{name}", rules::replaceBudget),
        secured(HttpMethod.DELETE, "/api/v1/budgets/{name}", rules::removeBudget),
        secured(HttpMethod.GET, "/api/v1/quotas/{consumer}/audit", quotas::audit),
        secured(HttpMethod.GET, "/api/v1/budgets", budgets::list),
        secured(HttpMethod.GET, "/api/v1/budgets/{name}/balances", budgets::balances),
        secured(HttpMethod.GET, "/api/v1/budgets/{name}/balances/{value}", budgets::balance),
        secured(HttpMethod.PUT, "/api/v1/budgets/{name}/balances/{value}", budgets::replace),
        secured(HttpMethod.POST, "/api/v1/budgets/{name}/balances/{value}/grants", budgets::grant),
        secured(HttpMethod.GET, "/api/v1/budgets/{name}/balances/{value}/audit", budgets::audit));
  }

  Router router() {
    Router router = Router.router(vertx);
    router.route().handler(TimeoutHandler.create(REQUEST_TIMEOUT_MILLIS));
    endpoints().forEach(endpoint -> mount(router, endpoint));
    endpoints().stream()
        .collect(Collectors.groupingBy(Endpoint::pattern, TreeMap::new, Collectors.toList()))
        .forEach((path, served) -> router.route(path).handler(otherMethod(served)));
    router
        .errorHandler(400, problem(Problem.of(400, "invalid_request", "the request is malformed")))
        .errorHandler(404, problem(Problem.of(404, "not_found", "nothing is at this path")))
        .errorHandler(413, problem(tooLarge()))
        .errorHandler(500, Responses::fail)
        .errorHandler(503, problem(Problem.of(503, "timed_out", "the call took too long")));
    return router;
  }

  private void mount(Router router, Endpoint endpoint) {
    if (endpoint.secured()) {
      router.route(endpoint.method(), endpoint.pattern()).handler(this::authenticate);
    }
    if (endpoint.hasBody()) {
      router
          .route(endpoint.method(), endpoint.pattern())
          .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    }
    router.route(endpoint.method(), endpoint.pattern()).handler(endpoint.handler());
  }

  private void authenticate(RoutingContext call) {
    token
        .refuse(call.request().getHeader("Authorization"))
        .ifPresentOrElse(problem -> Responses.send(call, problem.answer()), call::next);
  }

  private void scrape(RoutingContext call) {
    vertx
        .executeBlocking(metrics::get, false)
        .timeout(SCRAPE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            text -> Responses.send(call, 200, Responses.PROMETHEUS, Buffer.buffer(text)),
            fault -> Responses.fail(call, fault));
  }

  private static Endpoint open(String path, Handler<RoutingContext> handler) {
    return new Endpoint(HttpMethod.GET, path, false, handler);
  }

  private static Endpoint secured(
      HttpMethod method, String path, Function<RoutingContext, Future<Answer>> work) {
    return new Endpoint(method, path, true, json(work));
  }

  private static Handler<RoutingContext> json(Function<RoutingContext, Future<Answer>> work) {
    return call ->
        work.apply(call)
            .onComplete(
                answer -> Responses.send(call, answer), fault -> Responses.fail(call, fault));
  }

  private static Handler<RoutingContext> otherMethod(List<Endpoint> served) {
    String allowed =
        served.stream().map(endpoint -> endpoint.method().name()).collect(Collectors.joining(", "));
    return problem(
        Problem.of(405, "method_not_allowed", "this path takes " + allowed).with("Allow", allowed));
  }

  private static Problem tooLarge() {
    // The rest of the body is not read, so the connection can't be used again.
    return Problem.of(413, "request_too_large", "a body has at most " + MAX_BODY_BYTES + " bytes")
        .with("Connection", "close");
  }

  private static Handler<RoutingContext> problem(Problem problem) {
    return call -> Responses.send(call, problem.answer());
  }
}
