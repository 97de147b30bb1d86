package io.tollgate.deploy;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tollgate.admin.AdminSettings;
import io.tollgate.admin.AdminVerticle;
import io.tollgate.admin.Readiness;
import io.tollgate.admin.RuleEditor;
import io.tollgate.admin.WebhookVerticle;
import io.tollgate.auth.AuthVerticle;
import io.tollgate.auth.KeyAuthenticator;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertBus;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.explain.ExplainBus;
import io.tollgate.contract.explain.ExplainService;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.limiter.LimiterHttpSetup;
import io.tollgate.limiter.LimiterHttpVerticle;
import io.tollgate.limiter.LimiterSetup;
import io.tollgate.limiter.LimiterVerticle;
import io.tollgate.proxy.Explainer;
import io.tollgate.proxy.ProxyDependencies;
import io.tollgate.proxy.ProxyVerticle;
import io.tollgate.quota.QuotaMonitor;
import io.tollgate.quota.QuotaSettings;
import io.tollgate.quota.QuotaVerticle;
import io.tollgate.store.Stores;
import io.vertx.core.Deployable;
import io.vertx.core.eventbus.EventBus;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** Puts each role's verticle together; what all instances share is made once. */
final class Wiring {
  private static final Duration BEYOND_STORE = Duration.ofMillis(250);

  private final LiveConfig config;
  private final Directory directory;
  private final Stores stores;
  private final PrometheusMeterRegistry meters;
  private final BusClient client;
  private final Alarm alarm;
  private final AlertWatch alerts;

  Wiring(
      LiveConfig config,
      EventBus bus,
      Directory directory,
      Stores stores,
      PrometheusMeterRegistry meters) {
    this.config = config;
    this.directory = directory;
    this.stores = stores;
    this.meters = meters;
    this.client = new BusClient(bus, directory, meters);
    this.alarm = new Alarm(AlertBus.client(client), meters);
    this.alerts = new AlertWatch(alarm);
  }

  Supplier<Deployable> auth() {
    Live<KeyAuthenticator> authenticators =
        config.view(each -> new KeyAuthenticator(each.consumers(), each.routes()));
    AuthService service = request -> authenticators.of(request.version()).identify(request);
    return () -> new AuthVerticle(directory, service);
  }

  Supplier<Deployable> limiter() {
    LimiterSetup setup = LimiterSetup.of(config, meters, alerts);
    return () -> new LimiterVerticle(directory, stores, setup);
  }

  /** The limiter's own port. */
  Supplier<LimiterHttpVerticle> limiterHttp(LimiterHttp http) {
    LimiterHttpSetup setup = LimiterHttpSetup.of(http, config, meters);
    return () -> new LimiterHttpVerticle(stores, setup);
  }

  Supplier<Deployable> quota() {
    QuotaMonitor monitor = new QuotaMonitor(meters, alarm, QuotaSettings.of(config.config()));
    Live<QuotaSettings> settings =
        config.view(
            each -> {
              QuotaSettings quotas = QuotaSettings.of(each);
              monitor.watch(quotas);
              return quotas;
            });
    NodeParts parts = new NodeParts();
    return () -> new QuotaVerticle(directory, stores, settings, monitor, parts);
  }

  Deployable webhook() {
    return new WebhookVerticle(directory, config.config().alerts(), meters);
  }

  AdminVerticle admin(RuleEditor editor, Readiness readiness) {
    return new AdminVerticle(
        config.view(AdminSettings::of),
        QuotaBus.client(client, storeTimeout()),
        editor,
        explaining(),
        readiness,
        meters::scrape);
  }

  /** On the node that is asked: what is asked about does not go over the bus. */
  private ExplainService explaining() {
    return new Explainer(
        config,
        AuthBus.client(client),
        ExplainBus.limits(client, storeTimeout()),
        ExplainBus.balances(client, storeTimeout()));
  }

  /**
   * @param demoAddresses base URLs of the simulated providers of this node, by name
   */
  Supplier<ProxyVerticle> proxy(Map<String, URI> demoAddresses) {
    return ProxyVerticle.instances(
        new ProxyDependencies(
            config,
            AuthBus.client(client),
            LimiterBus.client(client, storeTimeout()),
            QuotaBus.client(client, storeTimeout()),
            meters,
            demoAddresses));
  }

  /**
   * Longer than a service waits for its slowest store, so that the service's answer comes first.
   */
  private Duration storeTimeout() {
    return config.config().longestStoreTimeout().plus(BEYOND_STORE);
  }
}
