package io.tollgate.deploy;

import io.tollgate.admin.AdminVerticle;
import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.bus.Presence;
import io.tollgate.contract.config.ClusterConfig;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.wire.Wire;
import io.tollgate.deploy.OpenPorts.Door;
import io.tollgate.limiter.LimiterHttpVerticle;
import io.tollgate.proxy.ProxyVerticle;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.Stores;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One running node. Starting and closing block, on the main thread; they open and close everything
 * in one order: directory, Redis, Vert.x, the services, the presence in the cluster, the
 * administrator's port, and last the door for requests, which is the first to close.
 */
final class Node implements AutoCloseable {
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(30);
  private static final int SUFFIX_LENGTH = 8;

  private final Closers closers = new Closers();
  private final StartingPoint from;
  private final TollgateConfig config;
  private final NodeRoles roles;
  private OpenPorts ports = OpenPorts.NONE;
  private @Nullable NodeHealth health;
  private @Nullable RulesVerticle rules;

  private Node(StartingPoint from, NodeRoles roles) {
    this.from = from;
    this.config = from.config();
    this.roles = roles;
  }

  /** Returns when the node serves; what a failed start has opened is closed. */
  static Node start(StartingPoint from, NodeRoles roles) throws StartFault, InterruptedException {
    roles.check();
    Ports.check(from.config(), roles);
    Node node = new Node(from, roles);
    boolean started = false;
    try {
      node.open();
      started = true;
      return node;
    } finally {
      if (!started) {
        node.close();
      }
    }
  }

  private void open() throws StartFault, InterruptedException {
    DataDirectory data =
        closers.add("the data directory", DataDirectory.lock(config.node().dataDir()));
    Metering metering = closers.add("metrics", new Metering());
    closers.add("the decision log", DecisionLog.open(config.log(), metering.registry()));
    EmbeddedRedis redis = embeddedRedis(data);
    Vertx vertx = vertx(metering);
    Deployments deployments = new Deployments(vertx, closers);
    Wire.register(vertx);
    Directory directory = new Directory(id(), InstantSource.system());
    Stores stores =
        new Stores(
            StoreAddresses.of(config, redis, vertx.isNativeTransportEnabled()),
            metering.registry());
    StoreWatch watch = new StoreWatch(stores, config.stores().keySet());
    NodeHealth watched = new NodeHealth(directory, watch::faults);
    health = watched;
    LiveConfig live = new LiveConfig(from.id(), config);
    Wiring wiring = new Wiring(live, vertx.eventBus(), directory, stores, metering.registry());
    if (roles.needStores()) {
      deployments.one("the watch over the stores", watch);
    }
    if (roles.has(Role.ADMIN)) {
      // First, so that it ends last: what the others tell as they end is posted, too.
      deployments.one("the webhook of alerts", wiring.webhook());
    }
    RulesVerticle kept = rules(live, stores, metering);
    deployments.one("the rules", kept);
    rules = kept;
    if (roles.has(Role.AUTH)) {
      deployments.onEachLoop("auth", wiring.auth());
    }
    if (roles.has(Role.LIMITER)) {
      deployments.onEachLoop("limiter", wiring.limiter());
      LimiterHttp http = config.limiterHttp();
      if (http != null) {
        LimiterHttpVerticle asm = deployments.onEachLoop("limiter_http", wiring.limiterHttp(http));
        ports = ports.with(Door.LIMITER_HTTP, http.listen().host(), asm.port());
      }
    }
    if (roles.has(Role.QUOTA)) {
      deployments.onEachLoop("quota", wiring.quota());
    }
    if (roles.clustered()) {
      announce(vertx, directory);
    }
    if (roles.has(Role.ADMIN)) {
      AdminVerticle admin = wiring.admin(kept, watched);
      deployments.one("admin", admin);
      ports = ports.with(Door.ADMIN, config.admin().host(), admin.port());
    }
    if (roles.has(Role.PROXY)) {
      opened(
          deployments.draining("proxy", wiring.proxy(demoProviders(deployments)), config.node()));
    }
    watched.serving(true);
  }

  private void opened(ProxyVerticle proxy) {
    ports = ports.with(Door.HTTP, config.proxy().http().host(), proxy.ports().getFirst());
    TlsListen https = config.proxy().https();
    if (https != null) {
      ports = ports.with(Door.HTTPS, https.host(), proxy.ports().getLast());
    }
  }

  /** What it listens on; complete once it was started. */
  OpenPorts ports() {
    return ports;
  }

  private RulesVerticle rules(LiveConfig live, Stores stores, Metering metering) {
    LiveRules kept =
        new LiveRules(
            from.source(),
            from.tree(),
            live,
            InstantSource.system(),
            new ReloadLog(metering.registry()));
    return new RulesVerticle(stores, kept, from.watch());
  }

  /** Reads the configuration's file again, even when it looks the same. */
  void reload() {
    if (rules != null) {
      rules.reload();
    }
  }

  private @Nullable EmbeddedRedis embeddedRedis(DataDirectory data) throws StartFault {
    if (!roles.needStores()
        || !(config.stores().get(StoreConfig.NODE) instanceof StoreConfig.Embedded embedded)) {
      return null;
    }
    try {
      return closers.add(
          "embedded Redis", EmbeddedRedis.start(data.path().resolve("redis"), embedded.timeout()));
    } catch (IOException e) {
      throw new StartFault(
          "embedded Redis did not start: " + e.getMessage() + "; or set store.redis to redis://…");
    }
  }

  private Vertx vertx(Metering metering) throws StartFault, InterruptedException {
    ClusterConfig cluster = config.cluster();
    Vertx vertx =
        roles.clustered() && cluster != null
            ? Await.done(
                VertxNode.clustered(metering.registry(), cluster),
                JOIN_LIMIT,
                "joining the cluster on port " + cluster.port())
            : VertxNode.alone(metering.registry());
    closers.add("Vert.x", () -> Await.done(vertx.close(), STEP_LIMIT, "closing Vert.x"));
    return vertx;
  }

  private void announce(Vertx vertx, Directory directory) throws StartFault, InterruptedException {
    Presence presence =
        Await.done(
            Presence.start(vertx, directory, roles.roles()), STEP_LIMIT, "hearing other nodes");
    closers.add(
        "the presence in the cluster",
        () -> Await.done(presence.stop(), STEP_LIMIT, "saying goodbye"));
  }

  /** Starts the simulated providers that have no address elsewhere. */
  private Map<String, URI> demoProviders(Deployments deployments)
      throws StartFault, InterruptedException {
    Map<String, URI> addresses = new HashMap<>();
    for (ProviderConfig provider : config.providers()) {
      DemoConfig pace = provider.demo();
      if (pace != null && provider.baseUrl() == null) {
        DemoProviderVerticle simulated = new DemoProviderVerticle(pace);
        deployments.one("the simulated provider " + provider.name(), simulated);
        addresses.put(provider.name(), URI.create("http://127.0.0.1:" + simulated.port() + "/v1"));
      }
    }
    return addresses;
  }

  /** New at each start, so that no other node takes it for what it was before. */
  private String id() {
    return config.node().name() + "-" + UUID.randomUUID().toString().substring(0, SUFFIX_LENGTH);
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // by the signal that brought us here
    if (health != null) {
      health.serving(false);
    }
    closers.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
