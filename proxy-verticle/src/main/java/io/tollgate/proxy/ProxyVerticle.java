package io.tollgate.proxy;

import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.RouteTable;
import io.tollgate.proxy.upstream.Forwarder;
import io.tollgate.proxy.upstream.ModelDirectory;
import io.tollgate.proxy.upstream.ProviderCatalogue;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the ports that applications send their requests to, on one event loop; deployed once for
 * each. Starting fails when a port is taken or a certificate can't be read.
 */
public final class ProxyVerticle extends VerticleBase {
  private static final Duration BODY_LIMIT = Duration.ofSeconds(60);

  private final ProxyDependencies with;
  private final ProxyMetrics metrics;
  private final Lapses lapses;
  private @Nullable Parts parts;

  private record Parts(
      ProviderCatalogue providers, Deadlines bodyDeadlines, Ledger ledger, ProxyServer server) {}

  private ProxyVerticle(ProxyDependencies with, ProxyMetrics metrics, Lapses lapses) {
    this.with = with;
    this.metrics = metrics;
    this.lapses = lapses;
  }

  /**
   * Makes the instances of one node, which count their requests together. Reads a file: not to be
   * called on an event loop.
   */
  public static Supplier<ProxyVerticle> instances(ProxyDependencies with) {
    ContentEncoding.load();
    ProxyMetrics metrics = new ProxyMetrics(with.config(), with.meters());
    Lapses lapses = new Lapses(with.config().routes(), with.meters());
    return () -> new ProxyVerticle(with, metrics, lapses);
  }

  /**
   * The ports in use, once started: HTTP, then HTTPS if there is a certificate. All instances of a
   * node use the same.
   */
  public List<Integer> ports() {
    return parts == null ? List.of() : parts.server().ports();
  }

  @Override
  public Future<?> start() {
    TollgateConfig config = with.config();
    ProviderCatalogue providers =
        new ProviderCatalogue(vertx, config.providers(), with.demoAddresses());
    Deadlines bodyDeadlines = new Deadlines(vertx, BODY_LIMIT);
    Ledger ledger =
        new Ledger(
            new OpenCalls(vertx, with.limiter(), with.quota()),
            new Settlements(vertx, with.limiter(), with.quota(), metrics, InstantSource.system()));
    Stages stages =
        new Stages(
            new CallReader(
                new RouteTable(config.routes()), config.proxy().maxBodyBytes(), bodyDeadlines),
            new Identification(with.auth()),
            new ModelList(
                new ModelNames(config.providers()), new ModelDirectory(providers), metrics),
            new QuotaDesk(with.quota()),
            new Gate(
                vertx, with.limiter(), with.quota(), new OutagePolicy(metrics), lapses, ledger),
            new Forwarding(new Forwarder(providers, config.routes()), ledger),
            ledger);
    ProxyServer server = new ProxyServer(vertx, new ProxyHandler(stages, new Chronicle(metrics)));
    parts = new Parts(providers, bodyDeadlines, ledger, server);
    return server
        .listen(config.proxy())
        .recover(fault -> stop().transform((stopped, any) -> Future.failedFuture(fault)));
  }

  /** Takes no more requests, lets those in progress end and be settled, then closes all. */
  @Override
  public Future<?> stop() {
    if (parts == null) {
      return Future.succeededFuture();
    }
    Parts closing = parts;
    Duration limit = with.config().node().drainTimeout();
    return closing
        .server()
        .drain(limit)
        .transform((drained, fault) -> closing.ledger().drain(limit))
        .eventually(
            () -> {
              closing.ledger().close();
              closing.bodyDeadlines().close();
              return closing.providers().close();
            });
  }
}
