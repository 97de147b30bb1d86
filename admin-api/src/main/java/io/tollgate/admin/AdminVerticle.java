package io.tollgate.admin;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.explain.ExplainService;
import io.tollgate.contract.quota.QuotaService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The admin role: serves the administrator's port. One instance on a node. */
public final class AdminVerticle extends VerticleBase {
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  private final Live<AdminSettings> settings;
  private final QuotaService quota;
  private final RuleEditor editor;
  private final ExplainService explaining;
  private final Readiness readiness;
  private final Supplier<String> metrics;
  private final Buffer openApi = openApi();

  private @Nullable HttpServer server;
  private volatile int port;

  /**
   * Reads a resource; called off the event loop.
   *
   * @param quota the client on the bus
   * @param metrics a scrape in Prometheus's text format; called on a worker thread, may block
   */
  public AdminVerticle(
      Live<AdminSettings> settings,
      QuotaService quota,
      RuleEditor editor,
      ExplainService explaining,
      Readiness readiness,
      Supplier<String> metrics) {
    this.settings = settings;
    this.quota = quota;
    this.editor = editor;
    this.explaining = explaining;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public Future<?> start() {
    AdminRouter router =
        new AdminRouter(vertx, settings, quota, editor, explaining, readiness, metrics, openApi);
    HttpServer listening =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHandle100ContinueAutomatically(true)
                    .setIdleTimeout((int) IDLE_TIMEOUT.toSeconds())
                    .setIdleTimeoutUnit(TimeUnit.SECONDS))
            .requestHandler(router.router());
    server = listening;
    return listening
        .listen(settings.now().listen().port(), settings.now().listen().host())
        .onSuccess(bound -> port = bound.actualPort());
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  /** The port that is listened on; another than the configured one when that is 0. */
  public int port() {
    return port;
  }

  private static Buffer openApi() {
    try (InputStream file =
        Objects.requireNonNull(AdminVerticle.class.getResourceAsStream("openapi.yaml"))) {
      return Buffer.buffer(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
