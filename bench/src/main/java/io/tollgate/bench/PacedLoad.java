package io.tollgate.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, whether or not earlier ones have been answered, so that a slow target
 * can't hide by slowing the load. Times count from when a request was due.
 */
final class PacedLoad implements Load, AutoCloseable {
  private static final int CONNECTIONS = 1024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions().setKeepAliveTimeout(60),
          new PoolOptions().setHttp1MaxSize(CONNECTIONS).setEventLoopSize(1));
  private final double perSecond;

  PacedLoad(double perSecond) {
    this.perSecond = perSecond;
  }

  @Override
  public String label() {
    return "paced";
  }

  @Override
  public Measured run(Target target, Scenario scenario, Duration length)
      throws InterruptedException {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(target.port())
            .setURI("/v1/chat/completions")
            .setTimeout(REQUEST_TIMEOUT.toMillis())
            .putHeader("content-type", "application/json")
            .putHeader("x-api-key", Node.KEY);
    Buffer body = Buffer.buffer(scenario.body());
    long due = Math.round(perSecond * length.toNanos() / 1e9);
    Tally tally = new Tally(due);
    var loop = vertx.getOrCreateContext();
    long start = System.nanoTime();
    for (long i = 0; i < due; i++) {
      long at = start + Math.round(i * 1e9 / perSecond);
      for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      loop.runOnContext(turn -> ask(options, body, scenario, new Timing(at), tally));
    }
    try {
      tally.all.get(REQUEST_TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("not every request ended: " + tally.ended + " of " + due, e);
    }
    return tally.measured((System.nanoTime() - start) / 1e9);
  }

  private void ask(
      RequestOptions options, Buffer body, Scenario scenario, Timing timing, Tally tally) {
    client
        .request(options)
        .compose(request -> request.send(body))
        .compose(
            response -> {
              response.handler(timing::received);
              return response.end().map(end -> response.statusCode());
            })
        .compose(
            status ->
                status == 200 && timing.isWhole(scenario)
                    ? Future.succeededFuture()
                    : Future.failedFuture("status " + status + ", " + timing.events + " events"))
        .onComplete(
            answered -> tally.succeeded(timing, System.nanoTime()), failed -> tally.failed());
  }

  @Override
  public void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the load generator did not end", e);
    }
  }

  /** One request. Used on the load's event loop only. */
  private static final class Timing {
    private final long dueNanos;
    private long firstByteNanos;
    private int events;
    private byte last;

    Timing(long dueNanos) {
      this.dueNanos = dueNanos;
    }

    void received(Buffer part) {
      if (firstByteNanos == 0) {
        firstByteNanos = System.nanoTime();
      }
      for (int i = 0; i < part.length(); i++) {
        byte next = part.getByte(i);
        if (next == '\n' && last == '\n') {
          events++;
        }
        last = next;
      }
    }

    boolean isWhole(Scenario scenario) {
      return scenario == Scenario.SHORT ? firstByteNanos != 0 : events == FixedProvider.CHUNKS + 1;
    }
  }

  /** All requests of a run. Used on the load's event loop until {@code all} completes. */
  private static final class Tally {
    private final CompletableFuture<Void> all = new CompletableFuture<>();
    private final Latencies whole = new Latencies();
    private final Latencies firstByte = new Latencies();
    private final long due;
    private volatile long ended;
    private long errors;

    Tally(long due) {
      this.due = due;
    }

    void succeeded(Timing timing, long endNanos) {
      whole.add(endNanos - timing.dueNanos);
      firstByte.add(timing.firstByteNanos - timing.dueNanos);
      end();
    }

    void failed() {
      errors++;
      end();
    }

    private void end() {
      long count = ended + 1;
      ended = count;
      if (count == due) {
        all.complete(null);
      }
    }

    Measured measured(double seconds) {
      return new Measured(
          seconds,
          due - errors,
          errors,
          whole.micros(50),
          whole.micros(99),
          firstByte.micros(50),
          firstByte.micros(99));
    }
  }
}
