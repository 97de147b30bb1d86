package io.tollgate.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.admin.AdminSettings.QuotaBudget;
import io.tollgate.admin.AdminSettings.QuotaRoute;
import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.explain.ExplainService;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The port on loopback, with a client whose every call checks that the answer is one which {@code
 * openapi.yaml} describes.
 */
final class RunningAdmin implements AutoCloseable {
  /** Every request that names a model passes; of consumers it knows none but one. */
  static final ExplainService EXPLAINING =
      request ->
          "nobody".equals(request.consumer())
              ? Future.failedFuture(new IllegalArgumentException("no consumer is named nobody"))
              : Future.succeededFuture(
                  new Explanation(
                      "chat",
                      request.consumer(),
                      Map.of(),
                      request.body(),
                      1,
                      2,
                      List.of(),
                      List.of(),
                      List.of(),
                      null,
                      new Explanation.Result(true, 200, "", "The request would pass.", null)));

  static final List<String> CONSUMERS = List.of("user1", "user2", "held-back", "a b/c");

  private static final List<QuotaBudget> BUDGETS =
      List.of(
          new QuotaBudget(
              budget(
                  "monthly",
                  List.of("consumer"),
                  new Period(1, Period.Unit.MONTH, "Europe/Berlin")),
              List.of("ann", "bob")),
          new QuotaBudget(budget("pairs", List.of("consumer", "model"), null), List.of()));

  final Vertx vertx = Vertx.vertx();
  final MapQuota quota = new MapQuota();
  final KeptRules rules = new KeptRules();
  private final List<Readiness.Check> checks = new ArrayList<>();
  private final OpenAPIContract contract;
  private final WebClient client;
  private final AdminVerticle admin;

  RunningAdmin(String token, List<QuotaRoute> routes, Supplier<String> metrics) throws Exception {
    AdminSettings settings =
        new AdminSettings(new AdminConfig("127.0.0.1", 0, token), CONSUMERS, routes, BUDGETS);
    admin =
        new AdminVerticle(
            Live.fixed(settings),
            quota,
            rules,
            EXPLAINING,
            () -> Future.succeededFuture(List.copyOf(checks)),
            metrics);
    await(vertx.deployVerticle(admin));
    contract = contract(vertx);
    client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(admin.port())
                .setFollowRedirects(false));
  }

  /** One account that all routes pay from, and the token {@code demo-token}. */
  static RunningAdmin withOneAccount() throws Exception {
    return new RunningAdmin(
        "demo-token",
        List.of(new QuotaRoute("first", "node|q:"), new QuotaRoute("second", "node|q:")),
        () -> "# no metrics\n");
  }

  private static Budget budget(String name, List<String> of, Period period) {
    return new Budget(
        name,
        of,
        Selector.ALL,
        Count.TOTAL,
        1000,
        period,
        0,
        5,
        LimitMode.ENFORCE,
        OnExhausted.FINISH,
        List.of(50, 100),
        "node",
        FailPolicy.CLOSED);
  }

  int port() {
    return admin.port();
  }

  /** What the document promises; fails when it is not OpenAPI. */
  static OpenAPIContract contract(Vertx vertx) throws Exception {
    String document =
        vertx.fileSystem().readFileBlocking("io/tollgate/admin/openapi.yaml").toString();
    // The library knows fewer media types than there are, among them none for YAML.
    Map<String, Object> tree =
        new YAMLMapper()
            .readValue(
                document.replace("application/yaml", "text/plain"), new TypeReference<>() {});
    return await(OpenAPIContract.from(vertx, new JsonObject(tree)));
  }

  void check(String name, boolean ok, String detail) {
    checks.add(new Readiness.Check(name, ok, detail));
  }

  HttpResponse<Buffer> get(String uri) throws Exception {
    return call(HttpMethod.GET, uri, "Bearer demo-token", null);
  }

  HttpResponse<Buffer> put(String uri, String body) throws Exception {
    return call(HttpMethod.PUT, uri, "Bearer demo-token", Buffer.buffer(body));
  }

  HttpResponse<Buffer> post(String uri, String body) throws Exception {
    return call(HttpMethod.POST, uri, "Bearer demo-token", Buffer.buffer(body));
  }

  /** With the token, and one more header. */
  HttpResponse<Buffer> call(HttpMethod method, String uri, Buffer body, String header, String value)
      throws Exception {
    return send(
        client.request(method, uri).putHeader(header, value),
        method,
        uri,
        "Bearer demo-token",
        body);
  }

  HttpResponse<Buffer> postOnce(String uri, String key, String body) throws Exception {
    return call(HttpMethod.POST, uri, Buffer.buffer(body), "Idempotency-Key", key);
  }

  HttpResponse<Buffer> call(HttpMethod method, String uri, String authorization, Buffer body)
      throws Exception {
    return send(client.request(method, uri), method, uri, authorization, body);
  }

  private HttpResponse<Buffer> send(
      HttpRequest<Buffer> request, HttpMethod method, String uri, String authorization, Buffer body)
      throws Exception {
    if (authorization != null) {
      request.putHeader("Authorization", authorization);
    }
    HttpResponse<Buffer> response = await(body == null ? request.send() : request.sendBuffer(body));
    assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    checkAgainstContract(method, uri, response);
    return response;
  }

  static JsonObject error(HttpResponse<Buffer> response) {
    return response.bodyAsJsonObject().getJsonObject("error");
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
  }

  private void checkAgainstContract(HttpMethod method, String uri, HttpResponse<Buffer> response)
      throws Exception {
    String type = response.getHeader("Content-Type");
    Optional<Operation> operation =
        Optional.ofNullable(contract.findOperation(uri.replaceFirst("\\?.*", ""), method));
    if (operation.isPresent() && type.startsWith("application/json")) {
      await(
          ResponseValidator.create(vertx, contract)
              .validate(
                  ValidatableResponse.create(
                      response.statusCode(), response.body(), "application/json"),
                  operation.get().getOperationId()));
    }
  }
}
