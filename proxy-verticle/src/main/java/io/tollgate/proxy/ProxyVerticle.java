package io.tollgate.proxy;

import io.tollgate.contract.bus.Subscription;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.StoreReplaced;
import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.Drains;
import io.tollgate.proxy.http.RouteTable;
import io.tollgate.proxy.journal.Journal;
import io.tollgate.proxy.journal.LoopJournal;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.Vocabularies;
import io.tollgate.proxy.meter.Workshop;
import io.tollgate.proxy.service.ServiceRule;
import io.tollgate.proxy.upstream.Forwarder;
import io.tollgate.proxy.upstream.ModelDirectory;
import io.tollgate.proxy.upstream.ProviderCatalogue;
import io.tollgate.proxy.upstream.Pulses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the ports that applications send their requests to, on one event loop; deployed once for
 * each. Starting fails when a port is taken or a certificate can't be read.
 */
public final class ProxyVerticle extends VerticleBase {
  private static final Duration BODY_LIMIT = Duration.ofSeconds(60);

  /** Threads of a node that count tokens. */
  private static final int COUNTERS = 2;

  private static final Duration COUNT_LIMIT = Duration.ofSeconds(20);

  private final ProxyDependencies with;
  private final Journal journal;
  private final ProxyMetrics metrics;
  private final Lapses lapses;
  private final Pulses pulses;
  private final Live<RouteTable> routes;
  private final Live<Map<String, RuleFacts>> facts;
  private final Live<Map<String, ServiceRule>> services;
  private final Live<RouteBudgets> budgets;
  private @Nullable Parts parts;

  private record Parts(
      ProviderCatalogue providers,
      Deadlines bodyDeadlines,
      WorkerExecutor counters,
      Drains drains,
      Ledger ledger,
      Consultation consultation,
      Subscription replacements,
      Runnable silence,
      ProxyServer server) {}

  private ProxyVerticle(
      ProxyDependencies with,
      Journal journal,
      ProxyMetrics metrics,
      Lapses lapses,
      Pulses pulses,
      Live<RouteTable> routes,
      Live<Map<String, RuleFacts>> facts,
      Live<Map<String, ServiceRule>> services,
      Live<RouteBudgets> budgets) {
    this.with = with;
    this.journal = journal;
    this.metrics = metrics;
    this.lapses = lapses;
    this.pulses = pulses;
    this.routes = routes;
    this.facts = facts;
    this.services = services;
    this.budgets = budgets;
  }

  /**
   * Makes the instances of one node, which count their requests together and share a journal. Reads
   * files: not to be called on an event loop.
   */
  public static Supplier<ProxyVerticle> instances(ProxyDependencies with) {
    ContentEncoding.load();
    // Else the first bills that have to be counted wait for it, and a crash loses them.
    Vocabularies.newest();
    TollgateConfig config = with.config().config();
    ProxyMetrics metrics = new ProxyMetrics(with.config(), with.meters());
    Journal journal = new Journal(config.journal(), config.node().dataDir(), with.meters());
    Lapses lapses = new Lapses(with.config(), with.meters());
    Pulses pulses = new Pulses(config.providers(), with.meters());
    Live<RouteTable> routes = with.config().view(each -> new RouteTable(each.routes()));
    Live<Map<String, RuleFacts>> facts = with.config().view(RuleFacts::ofEach);
    Live<Map<String, ServiceRule>> services = with.config().view(Consultation::rulesOf);
    Live<RouteBudgets> budgets = with.config().view(RouteBudgets::of);
    return () ->
        new ProxyVerticle(with, journal, metrics, lapses, pulses, routes, facts, services, budgets);
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
    return journal.join(vertx).compose(this::serve);
  }

  private Future<Void> serve(LoopJournal kept) {
    TollgateConfig config = with.config().config();
    ProviderCatalogue providers =
        new ProviderCatalogue(vertx, config.providers(), with.demoAddresses(), pulses);
    Deadlines bodyDeadlines = new Deadlines(vertx, BODY_LIMIT);
    WorkerExecutor counters = vertx.createSharedWorkerExecutor("tollgate-tokens", COUNTERS);
    Drains drains = new Drains(vertx);
    Settlements settlements =
        new Settlements(vertx, with.limiter(), with.quota(), kept, metrics, InstantSource.system());
    Ledger ledger =
        new Ledger(vertx, new OpenCalls(vertx, with.limiter(), with.quota()), settlements);
    Subscription replacements =
        StoreReplaced.TOPIC.subscribe(
            vertx, replaced -> settlements.storeReplaced(replaced.store()));
    Forwarder forwarder = new Forwarder(providers, config.routes());
    OutagePolicy outage = new OutagePolicy(metrics);
    LimitInquiry limits = new LimitInquiry(with.limiter(), outage, facts);
    SecondLook secondLook = new SecondLook(vertx);
    Gate gate =
        new Gate(
            limits,
            new QuotaInquiry(with.quota(), outage, budgets),
            secondLook,
            lapses,
            ledger,
            new Foresight(new Estimator(Workshop.on(counters, COUNT_LIMIT.toMillis()))),
            forwarder::choose);
    SideGate sideGate = new SideGate(limits, secondLook, lapses, ledger);
    Consultation consultation = Consultation.with(vertx, with.meters(), services, ledger, metrics);
    Stages stages =
        new Stages(
            new CallReader(routes, config.proxy().maxBodyBytes(), bodyDeadlines),
            new Identification(with.auth()),
            new ModelList(
                new ModelNames(config.providers()), new ModelDirectory(providers), metrics),
            new QuotaDesk(with.quota()),
            gate,
            consultation,
            new Forwarding(forwarder, sideGate, ledger, drains),
            ledger);
    ProxyServer server = new ProxyServer(vertx, new ProxyHandler(stages, new Chronicle(metrics)));
    parts =
        new Parts(
            providers,
            bodyDeadlines,
            counters,
            drains,
            ledger,
            consultation,
            replacements,
            pulses.tell(vertx),
            server);
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
    Duration limit = with.config().config().node().drainTimeout();
    long end = System.nanoTime() + limit.toNanos();
    return closing
        .server()
        .drain(limit)
        // A connection may be gone before its request hears of it, and is read on then.
        .transform(
            (drained, fault) ->
                closing.ledger().allSettled(Duration.ofNanos(end - System.nanoTime())))
        .onComplete(settled -> closing.drains().close())
        .transform((settled, late) -> closing.ledger().drain(limit))
        .transform((drained, fault) -> closing.consultation().close(limit))
        .eventually(
            () -> {
              closing.bodyDeadlines().close();
              closing.silence().run();
              return Future.join(
                  closing.replacements().close(),
                  closing.ledger().close(),
                  closing.providers().close(),
                  closing.counters().close());
            });
  }
}
