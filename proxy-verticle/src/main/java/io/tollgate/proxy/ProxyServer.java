package io.tollgate.proxy;

import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.IdleConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The ports that applications send their requests to, as one event loop serves them. */
final class ProxyServer {
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final int MAX_LINE_BYTES = 16 * 1024;
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int HANDSHAKE_SECONDS = 10;

  /** Any free port, the same one for all event loops of the node. */
  private static final int SHARED_FREE_HTTP_PORT = -1;

  private static final int SHARED_FREE_HTTPS_PORT = -2;

  private final Vertx vertx;
  private final ProxyHandler handler;
  private final Deadlines idleDeadlines;
  private final IdleConnections connections;
  private final List<HttpServer> servers = new ArrayList<>();

  ProxyServer(Vertx vertx, ProxyHandler handler) {
    this.vertx = vertx;
    this.handler = handler;
    this.idleDeadlines = new Deadlines(vertx, IDLE);
    this.connections = new IdleConnections(idleDeadlines);
  }

  /** Fails with the address when it can't listen there. */
  Future<Void> listen(ProxyConfig config) {
    Future<HttpServer> http =
        listen(
            options(config.http().host(), config.http().port(), SHARED_FREE_HTTP_PORT),
            config.http().host() + ':' + config.http().port());
    TlsListen https = config.https();
    if (https == null) {
      return http.mapEmpty();
    }
    return http.compose(
            plain ->
                listen(
                    tls(options(https.host(), https.port(), SHARED_FREE_HTTPS_PORT), https),
                    https.host() + ':' + https.port()))
        .mapEmpty();
  }

  /** In the order of listening: HTTP, then HTTPS if there is a certificate. */
  List<Integer> ports() {
    return servers.stream().map(HttpServer::actualPort).toList();
  }

  /** Takes no more connections and completes when all requests have ended, or the time is over. */
  Future<Void> drain(Duration limit) {
    return Future.join(
            servers.stream()
                .map(server -> server.shutdown(limit.toMillis(), TimeUnit.MILLISECONDS))
                .toList())
        .onComplete(closed -> idleDeadlines.close())
        .mapEmpty();
  }

  private Future<HttpServer> listen(HttpServerOptions options, String address) {
    HttpServer server = vertx.createHttpServer(options);
    server.connectionHandler(connections::opened);
    server.requestHandler(this::serve);
    servers.add(server);
    return server
        .listen()
        .recover(
            fault ->
                Future.failedFuture(
                    new IllegalStateException(
                        "the proxy can't listen on " + address + ": " + fault.getMessage(),
                        fault)));
  }

  private void serve(HttpServerRequest request) {
    connections.requestBegins(request.connection());
    handler.handle(request).onComplete(end -> connections.requestEnds(request.connection()));
  }

  private static HttpServerOptions options(String host, int port, int sharedFreePort) {
    return new HttpServerOptions()
        .setHost(host)
        .setPort(port == 0 ? sharedFreePort : port)
        .setMaxInitialLineLength(MAX_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setTcpNoDelay(true)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        // With it, a connection would only be known from its first whole request on.
        .setHttp2ClearTextEnabled(false);
  }

  private static HttpServerOptions tls(HttpServerOptions options, TlsListen https) {
    return options
        .setSsl(true)
        .setUseAlpn(true)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(https.certificate().toString())
                .setKeyPath(https.key().toString()));
  }
}
