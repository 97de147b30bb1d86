package io.tollgate.bench.accuracy;

import io.tollgate.bench.Loopback;
import io.tollgate.bench.accuracy.EditReport.Counter;
import io.tollgate.bench.accuracy.EditReport.Edit;
import io.tollgate.bench.accuracy.EditReport.Probe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two nodes, one Redis and a provider; streams are opened, and meanwhile a limit is edited. */
final class EditRun implements AutoCloseable {
  private static final Duration TOKEN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration OPENING = Duration.ofSeconds(30);

  /** Between two new streams: a burst of cold requests is not what is looked at. */
  private static final Duration OPENING_PACE = Duration.ofMillis(10);

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WARM_UP = 100;
  private static final Duration SETTLING = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int MOST_CONNECTIONS = 5000;
  private static final String MODEL = "bench";

  /** An edit, and the version it makes. */
  private interface Change {
    long make() throws IOException, InterruptedException;
  }

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Vertx vertx = Vertx.vertx();
  private final Consumers consumers = new Consumers(List.of(), 0, 4);
  private final List<GatewayNode> nodes = new ArrayList<>();
  private final List<RulesClient> rules = new ArrayList<>();
  private final Simulator simulator;
  private final BookKeeper books;
  private final HttpClient client;
  private final ExecutorService watchers;

  private EditRun(Path home, Path dir) throws IOException, InterruptedException {
    open.push(() -> vertx.close().await(10, TimeUnit.SECONDS));
    try {
      simulator = opened(Simulator.start(TOKEN_INTERVAL));
      Store store = opened(SingleStore.start(dir));
      books = opened(new BookKeeper(store::client));
      watchers = opened(Executors.newCachedThreadPool());
      client =
          vertx.createHttpClient(
              new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
      start(home, dir, store);
      books.fill(consumers.names(), consumer -> GatewayConfig.WIDE);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns when both nodes serve. */
  static EditRun start(Path home, Path dir) throws IOException, InterruptedException {
    return new EditRun(home, dir);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  private void start(Path home, Path dir, Store store) throws IOException, InterruptedException {
    List<Integer> ports = List.of(Loopback.freePort(), Loopback.freePort());
    List<String> members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
    Path file = dir.resolve("tollgate.yaml");
    Files.writeString(
        file,
        new GatewayConfig(
                store.yaml().replace(" }", ", timeout: 5s }"),
                members,
                simulator.port(),
                consumers,
                "closed")
            .yaml());
    for (int i = 0; i < ports.size(); i++) {
      GatewayNode node = opened(new GatewayNode("node-" + (i + 1), home, file, dir, ports.get(i)));
      node.start();
      nodes.add(node);
    }
    for (GatewayNode node : nodes) {
      node.awaitReady();
      rules.add(opened(new RulesClient(node.adminPort())));
    }
  }

  EditReport run(int streams, int tokens) throws IOException, InterruptedException {
    List<Future<Heard>> calls = new ArrayList<>();
    warmUp();
    for (int i = 0; i < streams; i++) {
      calls.add(call(i % nodes.size(), "edit-" + i, tokens));
      Thread.sleep(OPENING_PACE);
    }
    awaitOpen(streams);
    JsonArray limits = rules.getFirst().limits();
    List<Edit> edits = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();

    edits.add(
        edit("raise the limit", () -> rules.get(0).replace(with(limits, 2 * GatewayConfig.WIDE))));
    probe("after the raise", true, probes);
    edits.add(edit("lower it below what is used", () -> rules.get(1).replace(with(limits, 1))));
    probe("after the cut", false, probes);
    edits.add(edit("go back to the file", () -> rules.get(0).reset()));
    probe("after the return", true, probes);

    long whole = ended(calls).stream().filter(heard -> heard.end() == Heard.End.WHOLE).count();
    awaitOpen(0);
    long made = simulator.totals().promptTokens() + simulator.totals().completionTokens();
    return new EditReport(edits, streams, whole, probes, counter().used(), made);
  }

  /** One after another, so that no later request meets cold code. */
  private void warmUp() throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      ended(List.of(call(i % nodes.size(), "warm-" + i, 1)));
    }
  }

  private Edit edit(String what, Change change) throws IOException, InterruptedException {
    Counter before = counter();
    long start = System.nanoTime();
    long version = change.make();
    List<CompletableFuture<Double>> seen =
        rules.stream()
            .map(node -> CompletableFuture.supplyAsync(() -> seen(node, version, start), watchers))
            .toList();
    List<Double> millis = seen.stream().map(CompletableFuture::join).toList();
    return new Edit(what, before, counter(), millis);
  }

  private static double seen(RulesClient node, long version, long startNanos) {
    try {
      node.awaitVersion(version);
      return (System.nanoTime() - startNanos) / 1e6;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("a node does not go by the edit", e);
    }
  }

  /** One short request to each node. */
  private void probe(String what, boolean expected, List<Probe> probes) throws IOException {
    for (int node = 0; node < nodes.size(); node++) {
      String id = "probe-" + probes.size();
      Heard heard = ended(List.of(call(node, id, 1))).getFirst();
      probes.add(
          new Probe("node " + (node + 1) + " " + what, expected, heard.end() == Heard.End.WHOLE));
    }
  }

  private Future<Heard> call(int node, String id, int tokens) {
    CallPlan plan =
        new CallPlan(
            id, "edit", "shared-" + node, MODEL, "Go on", true, true, tokens, null, null, null);
    GatewayNode to = nodes.get(node);
    return Future.<Void>future(promise -> vertx.runOnContext(promise::complete))
        .compose(
            turn ->
                Caller.call(
                    plan, String.valueOf(to.serving()), to.port(), client, vertx, PATIENCE));
  }

  private static List<Heard> ended(List<Future<Heard>> calls) throws IOException {
    try {
      return Future.join(calls).await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS).list();
    } catch (TimeoutException e) {
      throw new IOException("calls do not end", e);
    }
  }

  private Counter counter() throws IOException {
    String key = GatewayConfig.commonCounter();
    return new Counter(books.window(key).used(), books.held(key), books.holding(key).size());
  }

  /** Returns when so many requests hold tokens. */
  private void awaitOpen(int requests) throws IOException, InterruptedException {
    Duration limit = requests == 0 ? SETTLING : OPENING;
    long end = System.nanoTime() + limit.toNanos();
    while (books.holding(GatewayConfig.commonCounter()).size() != requests) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "%d requests are open, not %d"
                .formatted(books.holding(GatewayConfig.commonCounter()).size(), requests));
      }
      Thread.sleep(POLL);
    }
  }

  /** The same limits, but for the one that all requests share. */
  private static JsonArray with(JsonArray limits, long tokens) {
    JsonArray changed = new JsonArray();
    for (Object each : limits) {
      JsonObject block = ((JsonObject) each).copy();
      if (block.getString("rule_name").equals("all")) {
        block.put("global_threshold", new JsonObject().put("token_per_day", tokens));
      }
      changed.add(block);
    }
    return changed;
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
