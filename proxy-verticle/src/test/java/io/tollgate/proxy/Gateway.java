package io.tollgate.proxy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.Role;
import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.wire.Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** A whole proxy on loopback, with its services in memory behind the real bus. */
final class Gateway implements AutoCloseable {
  private static final Duration BUS_TIMEOUT = Duration.ofMillis(500);

  final Vertx vertx = Vertx.vertx();
  final FakeServices services = new FakeServices();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final RecordingProvider provider;

  private final Directory directory = new Directory("node", InstantSource.system());

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private ProxyVerticle proxy;
  private String deployment;
  private Path folder;
  private int port;

  private Gateway() throws Exception {
    provider = RecordingProvider.start(vertx);
  }

  static Gateway start(Function<RecordingProvider, TollgateConfig> config) throws Exception {
    return start(EnumSet.of(Role.AUTH, Role.LIMITER, Role.QUOTA), Map.of(), config);
  }

  /** Only these roles are played by anybody. */
  static Gateway start(
      Set<Role> roles,
      Map<String, URI> demoAddresses,
      Function<RecordingProvider, TollgateConfig> config)
      throws Exception {
    Gateway gateway = new Gateway();
    Wire.register(gateway.vertx);
    await(gateway.vertx.deployVerticle(gateway.services.onTheBus(gateway.directory, roles)));
    TollgateConfig configured = config.apply(gateway.provider);
    gateway.folder = configured.node().dataDir();
    gateway.proxy = ProxyVerticle.instances(gateway.dependencies(configured, demoAddresses)).get();
    gateway.deployment = await(gateway.vertx.deployVerticle(gateway.proxy));
    gateway.port = gateway.proxy.ports().getFirst();
    return gateway;
  }

  ProxyDependencies dependencies(TollgateConfig config) {
    return dependencies(config, Map.of());
  }

  private ProxyDependencies dependencies(TollgateConfig config, Map<String, URI> demoAddresses) {
    BusClient bus = new BusClient(vertx.eventBus(), directory, meters);
    return new ProxyDependencies(
        LiveConfig.of(config),
        AuthBus.client(bus),
        LimiterBus.client(bus, BUS_TIMEOUT),
        QuotaBus.client(bus, BUS_TIMEOUT),
        meters,
        demoAddresses);
  }

  int port() {
    return port;
  }

  int tlsPort() {
    return proxy.ports().get(1);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
  }

  HttpRequest.Builder post(String path, String body) {
    return request(path)
        .header("content-type", "application/json")
        .header("x-api-key", "ann-key")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpClient http() {
    return http;
  }

  static String chat(String model) {
    return """
        {"model":"%s","messages":[{"role":"user","content":"who are you?"}]}"""
        .formatted(model);
  }

  static String streamedChat(String model) {
    return """
        {"model":"%s","stream":true,"messages":[{"role":"user","content":"who are you?"}]}"""
        .formatted(model);
  }

  /** Whether a new connection would be taken. */
  boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void undeploy() throws Exception {
    await(vertx.undeploy(deployment));
  }

  @Override
  public void close() throws Exception {
    http.shutdownNow();
    await(vertx.close());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }

  /** Waits for what happens after an answer, such as its settlement. */
  static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Object pause = new Object();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never came true: " + what);
      }
      synchronized (pause) {
        pause.wait(5);
      }
    }
  }

  static <T> T first(List<T> items) throws InterruptedException {
    eventually("there is one", () -> !items.isEmpty());
    return items.getFirst();
  }
}
