package io.tollgate.bench.accuracy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** All callers of a run: each calls, hears, and calls again until it is told to stop. */
final class Load implements AutoCloseable {
  /** A plan and what came of it. */
  record Answered(CallPlan plan, Heard heard) {}

  private static final int CONNECTIONS = 1024;

  /** After a refusal, or when nobody serves. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Fleet fleet;
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions(),
          new PoolOptions().setHttp1MaxSize(CONNECTIONS).setEventLoopSize(1));
  private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;
  private CountDownLatch calling = new CountDownLatch(0);

  Load(Fleet fleet) {
    this.fleet = fleet;
  }

  void start(Consumers consumers, long seed) {
    int callers = consumers.lanes().stream().mapToInt(Lane::callers).sum();
    calling = new CountDownLatch(callers);
    var loop = vertx.getOrCreateContext();
    int turn = 0;
    for (Lane lane : consumers.lanes()) {
      CallPlanner planner = new CallPlanner(lane, consumers, seed + lane.name().hashCode());
      for (int i = 0; i < lane.callers(); i++) {
        int own = turn++;
        loop.runOnContext(begun -> next(planner, own));
      }
    }
  }

  /** Returns what was heard of all calls, when the last is over. */
  Queue<Answered> stop() throws InterruptedException {
    stopping = true;
    if (!calling.await(2 * Caller.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(calling.getCount() + " callers never ended");
    }
    return answered;
  }

  private void next(CallPlanner planner, int turn) {
    if (stopping) {
      calling.countDown();
      return;
    }
    GatewayNode node = fleet.pick(turn);
    String start = node == null ? null : node.serving();
    if (node == null || start == null) {
      vertx.setTimer(PAUSE.toMillis(), timer -> next(planner, turn));
      return;
    }
    CallPlan plan = planner.next();
    Caller.call(plan, start, node.port(), client, vertx)
        .onSuccess(heard -> heard(plan, heard, node, planner, turn));
  }

  private void heard(CallPlan plan, Heard heard, GatewayNode node, CallPlanner planner, int turn) {
    answered.add(new Answered(plan, heard));
    boolean whole = heard.end() == Heard.End.WHOLE;
    if (whole) {
      fleet.ended(node);
    }
    vertx.setTimer(
        whole || heard.end() == Heard.End.LEFT ? 1 : PAUSE.toMillis(),
        timer -> next(planner, turn));
  }

  @Override
  public void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the callers did not end", e);
    }
  }
}
