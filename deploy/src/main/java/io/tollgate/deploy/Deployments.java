package io.tollgate.deploy;

import io.tollgate.contract.config.NodeConfig;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
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

  /** One instance for each event loop, so that a request's services run where it is served. */
  void onEachLoop(String what, Supplier<? extends Deployable> verticles)
      throws StartFault, InterruptedException {
    deploy(what, verticles, VertxNode.EVENT_LOOPS, LIMIT);
  }

  /** The same, with time to end what is open: once for the streams, once for their bills. */
  void draining(String what, Supplier<? extends Deployable> verticles, NodeConfig node)
      throws StartFault, InterruptedException {
    deploy(what, verticles, VertxNode.EVENT_LOOPS, node.drainTimeout().multipliedBy(2).plus(LIMIT));
  }

  private void deploy(
      String what, Supplier<? extends Deployable> verticles, int instances, Duration endLimit)
      throws StartFault, InterruptedException {
    String id =
        Await.done(
            vertx.deployVerticle(verticles, new DeploymentOptions().setInstances(instances)),
            LIMIT,
            "starting " + what);
    closers.add(what, () -> Await.done(vertx.undeploy(id), endLimit, "ending " + what));
  }
}
