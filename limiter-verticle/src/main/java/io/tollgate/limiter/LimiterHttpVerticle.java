package io.tollgate.limiter;

import io.tollgate.contract.config.Listen;
import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the limiter's own port, the ASM interface, on one event loop; a node deploys one for each.
 * Starting fails when the port is taken.
 */
public final class LimiterHttpVerticle extends VerticleBase {
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** A hundred keys in a query are long. */
  private static final int MAX_LINE_BYTES = 256 * 1024;

  /**
   * Any free port, the same one for all event loops of the node. Servers of one Vert.x that ask for
   * the same negative number share a port: the proxy takes -1 and -2.
   */
  private static final int SHARED_FREE_PORT = -3;

  private final Stores stores;
  private final LimiterHttpSetup setup;
  private @Nullable Links links;
  private @Nullable HttpServer server;

  public LimiterHttpVerticle(Stores stores, LimiterHttpSetup setup) {
    this.stores = stores;
    this.setup = setup;
  }

  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, Set.of(setup.store()));
    HttpServer listening = vertx.createHttpServer(options(setup.listen()));
    links = opened;
    server = listening;
    return opened
        .firstAttempts()
        .compose(
            tried -> listening.requestHandler(setup.endpoints(opened.to(setup.store()))).listen())
        .recover(fault -> stop().transform(closed -> Future.failedFuture(unable(fault))));
  }

  /** The port that is listened on; another than the configured one when that is 0. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Lets questions that were asked be answered. */
  @Override
  public Future<?> stop() {
    Future<?> drained =
        server == null
            ? Future.succeededFuture()
            : server.shutdown(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    return drained.eventually(() -> links == null ? Future.succeededFuture() : links.close());
  }

  private IllegalStateException unable(Throwable fault) {
    Listen at = setup.listen();
    return new IllegalStateException(
        "limiter_http can't listen on " + at.host() + ':' + at.port() + ": " + fault.getMessage(),
        fault);
  }

  private static HttpServerOptions options(Listen listen) {
    return new HttpServerOptions()
        .setHost(listen.host())
        .setPort(listen.port() == 0 ? SHARED_FREE_PORT : listen.port())
        .setMaxInitialLineLength(MAX_LINE_BYTES)
        .setHandle100ContinueAutomatically(true)
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(false)
        .setIdleTimeout((int) IDLE.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }
}
