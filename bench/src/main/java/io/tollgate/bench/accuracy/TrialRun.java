package io.tollgate.bench.accuracy;

import io.tollgate.bench.Loopback;
import io.tollgate.contract.hold.Lease;
import io.tollgate.proxy.demo.DemoLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Starts what a trial needs, lets it happen, and reads the books when all is over. */
final class TrialRun implements AutoCloseable {
  /** A consumer for (nearly) every call of a run. */
  private static final int OWN_CONSUMERS = 3000;

  private static final int SHARED_CONSUMERS = 4;

  /** How old the count of an open call may be: stamps are so far apart, and take a while. */
  private static final Duration STAMP_AGE = Lease.RENEWAL_INTERVAL.plusMillis(500);

  private final Trial trial;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Consumers consumers;
  private final Simulator simulator;
  private final Store store;
  private final Fleet fleet;
  private final BookKeeper books;
  private final List<Span> outages = new ArrayList<>();

  /**
   * @param home the project's folder
   * @param dir for data and logs
   */
  TrialRun(Trial trial, Path home, Path dir) throws IOException, InterruptedException {
    this.trial = trial;
    this.consumers = new Consumers(trial.lanes(), OWN_CONSUMERS, SHARED_CONSUMERS);
    try {
      this.simulator = opened(Simulator.start());
      this.store = opened(trial.store().start(dir));
      this.books = opened(new BookKeeper(store::client));
      this.fleet = new Fleet(nodes(home, dir));
      books.fill(consumers.names(), this::firstBalance);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  private List<GatewayNode> nodes(Path home, Path dir) throws IOException, InterruptedException {
    List<Integer> ports = new ArrayList<>();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < trial.nodes(); i++) {
      ports.add(trial.nodes() == 1 ? 0 : Loopback.freePort());
      members.add("127.0.0.1:" + ports.get(i));
    }
    Path file = dir.resolve("tollgate.yaml");
    Files.writeString(
        file,
        new GatewayConfig(
                store.yaml(),
                trial.nodes() == 1 ? List.of() : members,
                simulator.port(),
                consumers,
                trial.fail())
            .yaml());
    List<GatewayNode> nodes = new ArrayList<>();
    for (int i = 0; i < trial.nodes(); i++) {
      GatewayNode node = opened(new GatewayNode("node-" + (i + 1), home, file, dir, ports.get(i)));
      node.start();
      nodes.add(node);
    }
    for (GatewayNode node : nodes) {
      node.awaitReady();
    }
    return nodes;
  }

  private long firstBalance(String consumer) {
    for (Lane lane : trial.lanes()) {
      if (lane.name().equals(consumer) && lane.cap() instanceof Cap.Quota quota) {
        return quota.tokens();
      }
    }
    return GatewayConfig.WIDE;
  }

  Outcome run(long seed) throws IOException, InterruptedException {
    try (Watch watch = new Watch(books, trial.lanes());
        Load load = new Load(fleet)) {
      long end = System.nanoTime() + trial.length().toNanos();
      load.start(consumers, seed);
      do {
        for (Incident incident : trial.incidents()) {
          Thread.sleep(incident.after());
          happen(incident);
        }
      } while (trial.again() && System.nanoTime() < end);
      Thread.sleep(Math.max(0, (end - System.nanoTime()) / 1_000_000));
      List<Load.Answered> answered = List.copyOf(load.stop());
      long overMillis = System.currentTimeMillis();
      List<String> ids = answered.stream().map(one -> one.plan().id()).toList();
      Settling.End settled = new Settling(books, consumers, ids).await(overMillis);
      return outcome(answered, ids, watch, settled);
    }
  }

  private void happen(Incident incident) throws IOException, InterruptedException {
    switch (incident) {
      case Incident.Kill kill -> {
        GatewayNode node = fleet.nodes().get(kill.node());
        fleet.killAtNextEnd(node);
        node.awaitEnd();
        node.start();
        node.awaitReady();
      }
      case Incident.Away away -> {
        long from = System.currentTimeMillis();
        store.suffer(away.outage(), away.length());
        outages.add(new Span(from, System.currentTimeMillis()));
      }
    }
    for (GatewayNode node : fleet.nodes()) {
      node.requireAlive();
    }
  }

  private Outcome outcome(
      List<Load.Answered> answered, List<String> ids, Watch watch, Settling.End settled)
      throws IOException {
    List<Call> calls = answered.stream().map(this::call).toList();
    Function<Call, String> consumer = call -> call.plan().consumer();
    Map<String, Long> spent = spent();
    Book byCall = new Book("limiter by call", books.integers(ids, GatewayConfig::callCounter));
    Book byConsumer =
        new Book(
            "limiter by consumer",
            books.integers(consumers.names(), GatewayConfig::consumerCounter));
    return new Outcome(
        trial,
        calls,
        List.of(
            Audit.of(byCall, calls, call -> call.plan().id(), STAMP_AGE),
            Audit.of(byConsumer, calls, consumer, STAMP_AGE),
            Audit.of(new Book("quota by consumer", spent), calls, consumer, STAMP_AGE)),
        caps(calls, watch, spent),
        Killing.of(calls, watch.holds()),
        outages,
        settled,
        stray(calls));
  }

  /** What the nodes have written down up to now, by request id. */
  Map<String, Decision> decisions() throws IOException {
    List<Path> logs = new ArrayList<>();
    fleet.nodes().forEach(node -> logs.addAll(node.decisionLogs()));
    return Decision.read(logs);
  }

  private Call call(Load.Answered one) {
    return new Call(
        one.plan(),
        one.heard(),
        simulator.madeFor(one.plan().id()),
        fleet.killedMillis(one.heard().node()));
  }

  private Map<String, Long> spent() throws IOException {
    Map<String, Long> balances = books.integers(consumers.names(), GatewayConfig::balance);
    Map<String, Long> spent = new HashMap<>();
    balances.forEach((consumer, left) -> spent.put(consumer, firstBalance(consumer) - left));
    return spent;
  }

  private List<CapUse> caps(List<Call> calls, Watch watch, Map<String, Long> spent) {
    List<CapUse> uses = new ArrayList<>();
    for (Lane lane : trial.lanes()) {
      switch (lane.cap()) {
        case null -> {}
        case Cap.Limit limit -> uses.add(CapUse.ofLimit(lane, limit, watch.windows(lane), calls));
        case Cap.Quota quota ->
            uses.add(CapUse.ofQuota(lane, quota, spent.getOrDefault(lane.name(), 0L), calls));
      }
    }
    return uses;
  }

  private long stray(List<Call> calls) {
    DemoLedger.Totals totals = simulator.totals();
    return totals.promptTokens()
        + totals.completionTokens()
        - calls.stream().mapToLong(call -> call.made().tokens()).sum();
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("not everything that was started could be ended", e);
      }
    }
  }
}
