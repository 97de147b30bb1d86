package io.tollgate.store;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One pipelined connection to one server, until it breaks. Has a client of its own: the library's
 * pool takes a connection back when it is closed, even one that has stopped answering.
 */
final class Session {
  private final LinkSite site;
  private final RedisEndpoint endpoint;
  private final Redis client;
  private final RedisConnection connection;

  private Session(LinkSite site, RedisEndpoint endpoint, Redis client, RedisConnection connection) {
    this.site = site;
    this.endpoint = endpoint;
    this.client = client;
    this.connection = connection;
    // Whoever is told of the end of commands needs no line in the log as well.
    connection.exceptionHandler(failure -> {});
  }

  /** Connects and enters, or fails with a {@link StoreFault}. */
  static Future<Session> open(LinkSite site, RedisEndpoint endpoint) {
    Redis client = Redis.createClient(site.vertx(), RedisClientOptions.of(endpoint));
    return client
        .connect()
        .timeout(site.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .transform(
            (connection, failure) -> {
              if (failure == null) {
                return Future.succeededFuture(new Session(site, endpoint, client, connection));
              }
              client.close();
              return Future.failedFuture(faultOf(site, endpoint, failure));
            });
  }

  RedisEndpoint endpoint() {
    return endpoint;
  }

  /**
   * @param broken hears why the connection ended by itself
   */
  void onEnd(Handler<String> broken) {
    connection.exceptionHandler(failure -> broken.handle(String.valueOf(failure.getMessage())));
    connection.endHandler(end -> broken.handle("connection closed by Redis"));
  }

  /** Fails with a {@link StoreFault}. */
  Future<Response> send(Request request) {
    return connection
        .send(request)
        .timeout(site.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .transform(
            (answer, failure) ->
                failure == null
                    ? Future.succeededFuture(answer)
                    : Future.failedFuture(faultOf(site, endpoint, failure)));
  }

  /** Runs a script, with its text where Redis does not know it yet. */
  Future<Response> run(Script script, List<String> keys, List<String> args) {
    return send(evaluation(Command.EVALSHA, script.sha1(), keys, args))
        .recover(
            fault ->
                fault instanceof StoreFault refused && refused.is("NOSCRIPT")
                    ? send(evaluation(Command.EVAL, script.text(), keys, args))
                    : Future.failedFuture(fault));
  }

  /** Runs a script on keys that are only just moving to this server. */
  Future<Response> runAsking(Script script, List<String> keys, List<String> args) {
    Future<Response> asking = send(Request.cmd(Command.ASKING));
    // Asking counts for the very next command, so that there is no second try with the text.
    Future<Response> answer = send(evaluation(Command.EVAL, script.text(), keys, args));
    return asking.compose(allowed -> answer);
  }

  /** Commands under way fail. */
  Future<Void> close() {
    return client.close();
  }

  private static StoreFault faultOf(LinkSite site, RedisEndpoint endpoint, Throwable failure) {
    if (failure instanceof TimeoutException) {
      return site.fault(
          StoreFault.Kind.TIMED_OUT,
          endpoint.uri() + ": no answer within " + site.timeout().toMillis() + " ms");
    }
    String reason = String.valueOf(failure.getMessage());
    String word = StoreFault.wordOf(reason);
    return word.isEmpty() || word.equals("CONNECTION_CLOSED")
        ? site.fault(StoreFault.Kind.UNREACHABLE, endpoint.uri() + ": " + reason)
        : StoreFault.of(site.store(), reason);
  }

  private static Request evaluation(
      Command command, String script, List<String> keys, List<String> args) {
    Request request = Request.cmd(command).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    args.forEach(request::arg);
    return request;
  }
}
