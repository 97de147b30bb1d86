package io.tollgate.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A link to one server at a time: one pipelined connection. As answers come in order, a connection
 * that owes one for too long is given up, and so is one to a server that can't serve. Another is
 * tried with a growing delay, and used when the server has shown that it can.
 */
final class ServerLink implements RedisLink {
  private static final long FIRST_DELAY_MILLIS = 50;
  private static final long LONGEST_DELAY_MILLIS = 2000;
  private static final long HEARTBEAT_MILLIS = 1000;

  /** What a cluster's link has to know of its servers. */
  interface Listener {
    /** The server can't be used; another may have its slots soon. */
    void troubled();
  }

  private final LinkSite site;
  private final Locator locator;
  private final KnownServer server;
  private final Listener listener;
  private final Promise<Void> firstAttempt = Promise.promise();
  private final long heartbeat;

  private @Nullable Session session;
  private StoreFault away;
  private boolean probing;
  private boolean closed;
  private long delayMillis = FIRST_DELAY_MILLIS;

  private ServerLink(LinkSite site, Locator locator, KnownServer server, Listener listener) {
    this.site = site;
    this.locator = locator;
    this.server = server;
    this.listener = listener;
    this.away = site.fault(StoreFault.Kind.UNREACHABLE, "not connected yet");
    this.heartbeat = site.vertx().setPeriodic(HEARTBEAT_MILLIS, tick -> beat());
  }

  /** A link to the one server of a store. */
  static ServerLink open(LinkSite site, Locator locator) {
    KnownServer server = new KnownServer(() -> "tollgate:probe", false, site.replaced());
    return opened(new ServerLink(site, locator, server, () -> {}));
  }

  /**
   * A link to one server of several.
   *
   * @param isSuccessor whether it has slots that another server had before
   * @param probeKey a key that is this server's
   */
  static ServerLink open(
      LinkSite site,
      RedisEndpoint endpoint,
      boolean isSuccessor,
      Supplier<String> probeKey,
      Listener listener) {
    KnownServer server = new KnownServer(probeKey, isSuccessor, site.replaced());
    return opened(new ServerLink(site, () -> Future.succeededFuture(endpoint), server, listener));
  }

  private static ServerLink opened(ServerLink link) {
    link.connect();
    return link;
  }

  @Override
  public String id() {
    return site.store();
  }

  @Override
  public Future<Void> firstAttempt() {
    return firstAttempt.future();
  }

  @Override
  public int slot(Supplier<String> key) {
    return 0;
  }

  @Override
  public Future<Response> run(Script script, List<String> keys, List<String> args) {
    return timed(script.name(), used -> used.run(script, keys, args));
  }

  Future<Response> runAsking(Script script, List<String> keys, List<String> args) {
    return timed(script.name(), used -> used.runAsking(script, keys, args));
  }

  @Override
  public Future<Response> send(Command command, String... args) {
    Request request = Request.cmd(command);
    for (String arg : args) {
      request.arg(arg);
    }
    return timed(command.toString(), used -> used.send(request));
  }

  @Override
  public <Q, A> Batcher<Q, A> batcher(
      int maxBatch, ToIntFunction<Q> slot, Function<List<Q>, Future<List<A>>> call) {
    return new Batcher<>(site, maxBatch, slot, call);
  }

  @Override
  public StoreFault judge(String error) {
    StoreFault fault = StoreFault.of(site.store(), error);
    Session used = session;
    if (used != null) {
      failed(used, fault);
    }
    return fault;
  }

  boolean isUsable() {
    return session != null;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    site.vertx().cancelTimer(heartbeat);
    Session last = session;
    session = null;
    away = site.fault(StoreFault.Kind.UNREACHABLE, "closed");
    firstAttempt.tryComplete();
    site.health().left(this);
    Future<Void> ended = last == null ? Future.succeededFuture() : last.close();
    return ended.eventually(locator::close);
  }

  private Future<Response> timed(String name, Function<Session, Future<Response>> work) {
    Session used = session;
    if (used == null) {
      site.metrics().failed(away.kind());
      return Future.failedFuture(away);
    }
    long start = System.nanoTime();
    return work.apply(used)
        .onComplete(
            answer -> {
              site.metrics().answered(name, System.nanoTime() - start);
              delayMillis = FIRST_DELAY_MILLIS;
            },
            failure -> failed(used, site.faultOf(failure)));
  }

  private void failed(Session used, StoreFault fault) {
    site.metrics().failed(fault.kind());
    if (fault.kind().isOfConnection()) {
      broken(used, fault);
    } else if (fault.kind().isOfStore() && !closed) {
      site.health().faulty(this, fault);
    }
  }

  private void connect() {
    locator
        .locate()
        .compose(endpoint -> Session.open(site, endpoint))
        .onComplete(this::enter, failure -> retry(site.faultOf(failure)));
  }

  private void enter(Session fresh) {
    if (closed) {
      fresh.close();
      return;
    }
    server
        .probe(fresh)
        .onComplete(
            found -> {
              server.isAtNewConnection(found);
              use(fresh);
            },
            failure -> {
              StoreFault fault = site.faultOf(failure);
              if (fault.kind().isOfConnection()) {
                fresh.close();
                retry(fault);
              } else {
                failed(fresh, fault);
                use(fresh);
              }
            });
  }

  private void use(Session fresh) {
    if (closed) {
      fresh.close();
      return;
    }
    session = fresh;
    fresh.onEnd(
        reason ->
            broken(
                fresh,
                site.fault(StoreFault.Kind.UNREACHABLE, fresh.endpoint().uri() + ": " + reason)));
    firstAttempt.tryComplete();
  }

  private void broken(Session which, StoreFault fault) {
    if (which.equals(session)) {
      session = null;
      which.close();
      retry(fault);
    }
  }

  private void retry(StoreFault fault) {
    // A command that was not even sent has not timed out.
    away =
        fault.kind() == StoreFault.Kind.TIMED_OUT
            ? site.fault(StoreFault.Kind.UNREACHABLE, fault.reason())
            : fault;
    if (closed) {
      return;
    }
    site.health().faulty(this, fault);
    listener.troubled();
    site.vertx().setTimer(delayMillis, timer -> reconnect());
    delayMillis = Math.min(delayMillis * 2, LONGEST_DELAY_MILLIS);
    firstAttempt.tryComplete();
  }

  private void reconnect() {
    if (!closed) {
      connect();
    }
  }

  /** Finds out what no command would tell in time: another master, a fault, the end of a fault. */
  private void beat() {
    Session used = session;
    if (used == null || probing) {
      return;
    }
    probing = true;
    locator
        .locate()
        .onSuccess(
            endpoint -> {
              if (!endpoint.uri().equals(used.endpoint().uri())) {
                broken(
                    used,
                    site.fault(
                        StoreFault.Kind.UNREACHABLE,
                        "the sentinels name " + endpoint.uri() + " as the master now"));
              }
            })
        .onFailure(failure -> site.metrics().failed(site.faultOf(failure).kind()));
    server
        .probe(used)
        .onComplete(
            found -> {
              probing = false;
              if (used.equals(session)) {
                server.isAtSameConnection(found);
                delayMillis = FIRST_DELAY_MILLIS;
                site.health().well(this);
              }
            },
            failure -> {
              probing = false;
              failed(used, site.faultOf(failure));
            });
  }
}
