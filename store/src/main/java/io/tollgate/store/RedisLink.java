package io.tollgate.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipelined connection to one Redis. It mends itself with a growing delay; while it is broken,
 * commands fail at once. A command that is not answered in time fails, and as answers come in
 * order, the connection that owes it is given up.
 *
 * <p>Opened, used and closed on one event loop.
 */
public final class RedisLink {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final long FIRST_DELAY_MILLIS = 50;
  private static final long LONGEST_DELAY_MILLIS = 2000;

  private final Vertx vertx;
  private final String id;
  private final RedisEndpoint endpoint;
  private final RedisMetrics metrics;
  private final Promise<Void> firstAttempt = Promise.promise();

  /**
   * A client for each connection: the library's pool takes a connection back when it is closed,
   * even one that has stopped answering.
   */
  private record Session(Redis client, RedisConnection connection) {}

  private @Nullable Session session;
  private String brokenBecause = "not connected yet";
  private long delayMillis = FIRST_DELAY_MILLIS;
  private boolean closed;

  private RedisLink(Vertx vertx, String id, RedisEndpoint endpoint, MeterRegistry meters) {
    this.vertx = vertx;
    this.id = id;
    this.endpoint = endpoint;
    this.metrics = new RedisMetrics(id, meters);
  }

  /** Starts to connect, and goes on until {@link #close}. */
  public static RedisLink open(
      Vertx vertx, String id, RedisEndpoint endpoint, MeterRegistry meters) {
    RedisLink link = new RedisLink(vertx, id, endpoint, meters);
    link.connect();
    return link;
  }

  /** The store's id. */
  public String id() {
    return id;
  }

  /** Completes, and never fails, when the first attempt to connect has ended either way. */
  public Future<Void> firstAttempt() {
    return firstAttempt.future();
  }

  /**
   * Runs a script that Redis knows by its digest, sending its text only when Redis does not.
   *
   * @return what the script returned, or a {@link StoreFault}
   */
  public Future<Response> run(Script script, List<String> keys, List<String> args) {
    return send(script.name(), evaluation(Command.EVALSHA, script.sha1(), keys, args))
        .recover(
            fault ->
                isUnknownScript(fault)
                    ? send(script.name(), evaluation(Command.EVAL, script.text(), keys, args))
                    : Future.failedFuture(fault));
  }

  /**
   * @return Redis's answer, or a {@link StoreFault}
   */
  public Future<Response> send(Command command, String... args) {
    Request request = Request.cmd(command);
    for (String arg : args) {
      request.arg(arg);
    }
    return send(command.toString(), request);
  }

  /** Gives up the connection; commands under way fail. */
  public Future<Void> close() {
    closed = true;
    Session last = session;
    session = null;
    brokenBecause = "closed";
    return last == null ? Future.succeededFuture() : last.client().close();
  }

  private Future<Response> send(String name, Request request) {
    Session used = session;
    if (used == null) {
      metrics.failed(StoreFault.Kind.UNREACHABLE);
      return Future.failedFuture(fault(StoreFault.Kind.UNREACHABLE, brokenBecause));
    }
    long start = System.nanoTime();
    return used.connection()
        .send(request)
        .timeout(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .transform(
            (answer, failure) -> {
              if (failure == null) {
                metrics.answered(name, System.nanoTime() - start);
                return Future.succeededFuture(answer);
              }
              StoreFault fault = faultOf(used, failure);
              if (!isUnknownScript(fault)) {
                metrics.failed(fault.kind());
              }
              return Future.failedFuture(fault);
            });
  }

  private StoreFault faultOf(Session used, Throwable failure) {
    if (failure instanceof TimeoutException) {
      String reason = "no answer within " + endpoint.timeout().toMillis() + " ms";
      broken(used, reason);
      return fault(StoreFault.Kind.TIMED_OUT, reason);
    }
    String reason = String.valueOf(failure.getMessage());
    // Only Redis's own errors begin with a word in capitals that is not about the connection.
    if (used.equals(session) && !reason.startsWith("CONNECTION_CLOSED")) {
      return fault(StoreFault.Kind.REFUSED, reason);
    }
    return fault(StoreFault.Kind.UNREACHABLE, reason);
  }

  private void connect() {
    Redis client = Redis.createClient(vertx, RedisClientOptions.of(endpoint));
    client
        .connect()
        .timeout(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(
            connection -> connected(new Session(client, connection)),
            failure -> {
              client.close();
              retry(String.valueOf(failure.getMessage()));
            });
  }

  private void connected(Session fresh) {
    if (closed) {
      fresh.client().close();
      return;
    }
    RedisConnection connection = fresh.connection();
    connection.exceptionHandler(failure -> broken(fresh, String.valueOf(failure.getMessage())));
    connection.endHandler(end -> broken(fresh, "connection closed by Redis"));
    session = fresh;
    if (delayMillis > FIRST_DELAY_MILLIS) {
      log.info("store {}: connected again", id);
    }
    delayMillis = FIRST_DELAY_MILLIS;
    firstAttempt.tryComplete();
  }

  private void broken(Session which, String reason) {
    if (which.equals(session)) {
      session = null;
      which.client().close();
      retry(reason);
    }
  }

  private void retry(String reason) {
    brokenBecause = reason;
    firstAttempt.tryComplete();
    if (closed) {
      return;
    }
    log.warn("store {} ({}): {}; next attempt in {} ms", id, endpoint, reason, delayMillis);
    vertx.setTimer(delayMillis, timer -> reconnect());
    delayMillis = Math.min(delayMillis * 2, LONGEST_DELAY_MILLIS);
  }

  private void reconnect() {
    if (!closed) {
      connect();
    }
  }

  private StoreFault fault(StoreFault.Kind kind, String reason) {
    return new StoreFault(kind, id, reason);
  }

  private static boolean isUnknownScript(Throwable fault) {
    return fault instanceof StoreFault refused
        && refused.kind() == StoreFault.Kind.REFUSED
        && String.valueOf(refused.getMessage()).contains(": NOSCRIPT");
  }

  private static Request evaluation(
      Command command, String script, List<String> keys, List<String> args) {
    Request request = Request.cmd(command).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    args.forEach(request::arg);
    return request;
  }
}
