package io.tollgate.bench.accuracy;

import io.tollgate.contract.config.DemoConfig;
import io.tollgate.proxy.demo.DemoLedger;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The provider, with its ledger by calls. Thread-safe. */
final class Simulator implements AutoCloseable {
  static final Duration FIRST_TOKEN = Duration.ofMillis(20);
  static final Duration INTERVAL = Duration.ofMillis(10);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<String, List<DemoLedger.Entry>> entries = new ConcurrentHashMap<>();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final DemoProviderVerticle provider;

  private Simulator(Duration interval) {
    this.provider = new DemoProviderVerticle(new DemoConfig(FIRST_TOKEN, interval), this::note);
  }

  static Simulator start() throws IOException {
    return start(INTERVAL);
  }

  /**
   * @param interval from token to token
   */
  static Simulator start(Duration interval) throws IOException {
    Simulator simulator = new Simulator(interval);
    try {
      simulator
          .vertx
          .deployVerticle(simulator.provider)
          .await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return simulator;
    } catch (TimeoutException e) {
      simulator.close();
      throw new IOException("the simulated provider did not start", e);
    }
  }

  int port() {
    return provider.port();
  }

  /** What it made for a call, as far as that is over. */
  Made madeFor(String call) {
    return Made.of(entries.getOrDefault(call, List.of()));
  }

  /** All that it ever made, by sums of its own. */
  DemoLedger.Totals totals() {
    return provider.ledger().totals();
  }

  private void note(DemoLedger.Entry entry) {
    if (entry.call() != null) {
      entries.computeIfAbsent(entry.call(), call -> new CopyOnWriteArrayList<>()).add(entry);
    }
  }

  @Override
  public void close() {
    try {
      vertx.close().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the simulated provider did not end", e);
    }
  }
}
