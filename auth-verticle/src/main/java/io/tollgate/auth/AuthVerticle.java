package io.tollgate.auth;

import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** Answers "who is calling?" on one event loop; deployed once for each. */
public final class AuthVerticle extends VerticleBase {
  private final Directory directory;
  private final AuthService service;
  private @Nullable BusServer server;

  /**
   * @param service thread-safe; shared by all instances
   */
  public AuthVerticle(Directory directory, AuthService service) {
    this.directory = directory;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    BusServer bound = new BusServer(vertx, directory);
    server = bound;
    return AuthBus.bind(bound, service);
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }
}
