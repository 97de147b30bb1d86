package io.tollgate.admin;

import static io.tollgate.admin.RunningAdmin.await;
import static io.tollgate.admin.RunningAdmin.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Live;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.openapi.contract.OpenAPIContract;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AdminPortTest {
  private RunningAdmin admin;

  @BeforeEach
  void start() throws Exception {
    admin = RunningAdmin.withOneAccount();
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
  }

  @Test
  void without_a_token_the_quotas_are_closed() throws Exception {
    HttpResponse<Buffer> response = open("/api/v1/quotas");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).isEqualTo("Bearer realm=\"Tollgate\"");
    assertThat(error(response).getString("code")).isEqualTo("missing_token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer ",
        "Bearer demo",
        "Bearer demo-token2",
        "Bearer DEMO-TOKEN",
        "Bearer demo-token demo-token"
      })
  void with_a_wrong_token_the_quotas_are_closed(String authorization) throws Exception {
    HttpResponse<Buffer> response =
        admin.call(
            HttpMethod.PUT, "/api/v1/quotas/user1", authorization, Buffer.buffer("{\"quota\":1}"));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer ");
    assertThat(admin.quota.balances).isEmpty();
    assertThat(response.bodyAsString()).doesNotContain("demo-token");
  }

  @Test
  void another_scheme_is_no_token_and_the_schemes_case_does_not_matter() throws Exception {
    assertThat(call(HttpMethod.GET, "/api/v1/quotas", "Basic ZGVtby10b2tlbg==").statusCode())
        .isEqualTo(401);
    assertThat(call(HttpMethod.GET, "/api/v1/quotas", "bearer demo-token").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "Bearer", "Bearer null", "Bearer \"\""})
  void an_empty_configured_token_opens_nothing(String authorization) throws Exception {
    try (RunningAdmin tokenless = new RunningAdmin("", List.of(), () -> "")) {
      HttpResponse<Buffer> response =
          tokenless.call(HttpMethod.GET, "/api/v1/quotas", authorization, null);

      assertThat(response.statusCode()).isEqualTo(401);
    }
  }

  @Test
  void the_node_lives_when_it_answers() throws Exception {
    assertThat(open("/healthz/live").bodyAsString()).isEqualTo("{\"status\":\"live\"}");
  }

  @Test
  void the_node_is_ready_when_every_check_is_in_order() throws Exception {
    admin.check("role quota", true, "on this node");

    HttpResponse<Buffer> response = open("/healthz/ready");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.bodyAsJsonObject().getString("status")).isEqualTo("ready");
    assertThat(response.bodyAsJsonObject().getJsonArray("checks").getJsonObject(0))
        .isEqualTo(JsonObject.of("name", "role quota", "ok", true, "detail", "on this node"));
  }

  @Test
  void the_node_is_not_ready_while_something_is_missing() throws Exception {
    admin.check("role quota", true, "on this node");
    admin.check("store node", false, "connection refused");

    HttpResponse<Buffer> response = open("/healthz/ready");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.bodyAsJsonObject().getString("status")).isEqualTo("not_ready");
    assertThat(response.bodyAsJsonObject().getJsonArray("missing"))
        .isEqualTo(JsonArray.of("store node"));
  }

  @Test
  void metrics_are_scraped_off_the_event_loop() throws Exception {
    AtomicBoolean onEventLoop = new AtomicBoolean(true);
    try (RunningAdmin scraped =
        new RunningAdmin(
            "demo-token",
            List.of(),
            () -> {
              onEventLoop.set(Context.isOnEventLoopThread());
              return "# TYPE up gauge\nup 1\n";
            })) {
      HttpResponse<Buffer> response = scraped.call(HttpMethod.GET, "/metrics", null, null);

      assertThat(response.bodyAsString()).isEqualTo("# TYPE up gauge\nup 1\n");
      assertThat(response.getHeader("Content-Type"))
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      assertThat(onEventLoop).isFalse();
    }
  }

  @Test
  void a_scrape_that_fails_is_an_error() throws Exception {
    try (RunningAdmin broken =
        new RunningAdmin(
            "demo-token",
            List.of(),
            () -> {
              throw new IllegalStateException("no registry");
            })) {
      assertThat(broken.call(HttpMethod.GET, "/metrics", null, null).statusCode()).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api", "/api/v1", "/api/v2/quotas", "/api/v1/quotas/user1/beta"})
  void nothing_is_at_an_unknown_path(String path) throws Exception {
    HttpResponse<Buffer> response = admin.get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(error(response).getString("code")).isEqualTo("not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /healthz/live, GET",
    "DELETE, /metrics, GET",
    "PUT, /api/v1/openapi.yaml, GET",
    "POST, /api/v1/quotas, GET",
    "DELETE, /api/v1/quotas/user1, 'GET, PUT'",
    "PATCH, /api/v1/quotas/user1, 'GET, PUT'",
    "GET, /api/v1/quotas/user1/delta, POST"
  })
  void another_method_is_refused_with_those_that_are_allowed(
      String method, String path, String allowed) throws Exception {
    HttpResponse<Buffer> response = call(HttpMethod.valueOf(method), path, "Bearer demo-token");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.getHeader("Allow")).isEqualTo(allowed);
    assertThat(error(response).getString("code")).isEqualTo("method_not_allowed");
  }

  @Test
  void a_path_that_can_not_be_decoded_is_malformed() throws Exception {
    HttpResponse<Buffer> response = admin.get("/api/v1/quotas/%zz");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response).getString("code")).isEqualTo("invalid_request");
  }

  @Test
  void the_document_describes_exactly_what_is_served() throws Exception {
    Buffer served = open("/api/v1/openapi.yaml").body();
    OpenAPIContract contract = RunningAdmin.contract(admin.vertx);
    AdminSettings settings =
        new AdminSettings(new AdminConfig("127.0.0.1", 0, "demo-token"), List.of(), List.of());
    AdminRouter router =
        new AdminRouter(
            admin.vertx,
            Live.fixed(settings),
            admin.quota,
            admin.rules,
            RunningAdmin.EXPLAINING,
            () -> Future.succeededFuture(List.of()),
            () -> "",
            Buffer.buffer());

    List<String> documented =
        contract.operations().stream()
            .map(each -> each.getHttpMethod() + " " + each.getOpenAPIPath())
            .toList();
    List<String> secured =
        contract.operations().stream()
            .filter(each -> !each.getSecurityRequirements().isEmpty())
            .map(each -> each.getHttpMethod() + " " + each.getOpenAPIPath())
            .toList();

    assertThat(served)
        .isEqualTo(admin.vertx.fileSystem().readFileBlocking("io/tollgate/admin/openapi.yaml"));
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            router.endpoints().stream().map(each -> each.method() + " " + each.path()).toList());
    assertThat(secured)
        .containsExactlyInAnyOrderElementsOf(
            router.endpoints().stream()
                .filter(Endpoint::secured)
                .map(each -> each.method() + " " + each.path())
                .toList());
  }

  @Test
  void a_port_in_use_fails_the_start() throws Exception {
    try (RunningAdmin first = RunningAdmin.withOneAccount()) {
      AdminSettings same =
          new AdminSettings(
              new AdminConfig("127.0.0.1", first.port(), "demo-token"), List.of(), List.of());

      assertThatThrownBy(
              () ->
                  await(
                      admin.vertx.deployVerticle(
                          new AdminVerticle(
                              Live.fixed(same),
                              admin.quota,
                              admin.rules,
                              RunningAdmin.EXPLAINING,
                              () -> Future.succeededFuture(List.of()),
                              () -> ""))))
          .hasCauseInstanceOf(BindException.class);
    }
  }

  private HttpResponse<Buffer> open(String path) throws Exception {
    return call(HttpMethod.GET, path, null);
  }

  private HttpResponse<Buffer> call(HttpMethod method, String path, String authorization)
      throws Exception {
    return admin.call(method, path, authorization, null);
  }
}
