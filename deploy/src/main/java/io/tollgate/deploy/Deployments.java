package io.tollgate.deploy;

import io.tollgate.contract.config.NodeConfig;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Deploys verticles one after another and has them undeployed in the opposite order. */
final class Deployments {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Closers closers;

  Deployments(Vertx vertx, Closers closers) {
    this.vertx = vertx;
    this.closers = closers;
  }

  void one(String what, Deployable verticle) throws StartFault, InterruptedException {
    deploy(what, () -> verticle, 1, LIMIT);
  }

  /**
   * One instance for each event loop, so that a request's services run where it is served.
   *
   * @return one of them; what it listens on, all do
   */
  <T extends Deployable> T onEachLoop(String what, Supplier<T> verticles)
      throws StartFault, InterruptedException {
    return deploy(what, verticles, VertxNode.EVENT_LOOPS, LIMIT);
  }

  /** The same, with time to end what is open: once for the streams, once for their bills. */
  <T extends Deployable> T draining(String what, Supplier<T> verticles, NodeConfig node)
      throws StartFault, InterruptedException {
    return deploy(
        what, verticles, VertxNode.EVENT_LOOPS, node.drainTimeout().multipliedBy(2).plus(LIMIT));
  }

  private <T extends Deployable> T deploy(
      String what, Supplier<T> verticles, int instances, Duration endLimit)
      throws StartFault, InterruptedException {
    Queue<T> made = new ConcurrentLinkedQueue<>();
    Supplier<T> kept =
        () -> {
          T verticle = verticles.get();
          made.add(verticle);
          return verticle;
        };
    String id =
        Await.done(
            vertx.deployVerticle(kept, new DeploymentOptions().setInstances(instances)),
            LIMIT,
            "starting " + what);
    closers.add(what, () -> Await.done(vertx.undeploy(id), endLimit, "ending " + what));
    return made.element();
  }
}
