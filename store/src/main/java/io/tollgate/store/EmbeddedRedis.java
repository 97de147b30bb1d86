package io.tollgate.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis of the node's own: a real server as a child process, append-only in a directory, on
 * loopback and a unix socket, behind a generated password. It ends with this process, however that
 * ends, and is started again when it dies alone.
 *
 * <p>Starting and closing block; call them off the event loop. Thread-safe.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** A server that ran for so long and dies is started again soon; another with growing pauses. */
  private static final Duration STABLE = Duration.ofSeconds(30);

  private final RedisSettings settings;
  private final Path binary;
  private final Duration timeout;
  private RedisProcess process;
  private boolean closed;
  private volatile Duration pause = Duration.ZERO;

  private EmbeddedRedis(RedisSettings settings, Path binary, Duration timeout) throws IOException {
    this.settings = settings;
    this.binary = binary;
    this.timeout = timeout;
    this.process = launch();
  }

  /**
   * Starts a server on what the directory holds, and returns when it has loaded it.
   *
   * @param directory for one server at a time; a predecessor that is still ending is waited for
   * @param timeout the command timeout of the endpoints
   * @throws IOException when it can't be started; the message says why
   */
  public static EmbeddedRedis start(Path directory, Duration timeout) throws IOException {
    Files.createDirectories(directory);
    Path binary = RedisBinary.extractTo(directory);
    Predecessor.awaitEnd(directory, STOP_TIMEOUT);
    return new EmbeddedRedis(RedisSettings.create(directory), binary, timeout);
  }

  /**
   * The server that another process has started on the directory; starts none. Reads files.
   *
   * @param timeout the command timeout of the endpoint
   * @return its endpoint on loopback; empty when none runs
   * @throws IOException when one runs but its settings can't be read
   */
  public static Optional<RedisEndpoint> running(Path directory, Duration timeout)
      throws IOException {
    if (Predecessor.find(directory).isEmpty()) {
      return Optional.empty();
    }
    RedisSettings settings = RedisSettings.read(directory);
    return Optional.of(
        new RedisEndpoint(
            "redis://127.0.0.1:" + settings.port(), null, settings.password(), 0, timeout));
  }

  /** The endpoint on loopback. */
  public RedisEndpoint endpoint() {
    return endpoint("redis://127.0.0.1:" + settings.port());
  }

  /** The endpoint on the unix socket, faster than loopback, for a JVM with a native transport. */
  public RedisEndpoint socketEndpoint() {
    return endpoint("unix://" + settings.socket());
  }

  /** The server's process id, as long as it runs. */
  public synchronized Optional<Long> pid() {
    return process.serverPid();
  }

  @Override
  public void close() {
    RedisProcess last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    last.stop(STOP_TIMEOUT);
    settings.delete();
  }

  private RedisProcess launch() throws IOException {
    RedisProcess started = RedisProcess.launch(binary, settings);
    long startedNanos = System.nanoTime();
    started.onExit().thenAccept(status -> ended(startedNanos, status));
    return started;
  }

  private void ended(long startedNanos, int status) {
    synchronized (this) {
      if (closed) {
        return;
      }
      boolean lasted = System.nanoTime() - startedNanos >= STABLE.toNanos();
      pause = lasted ? FIRST_PAUSE : longer(pause);
    }
    log.error(
        "embedded Redis ended by itself with status {}; starting it again in {} ms",
        status,
        pause.toMillis());
    restartLater();
  }

  private void restartLater() {
    CompletableFuture.runAsync(
        this::restart, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Does not hold the lock while the server loads its data: closing need not wait for that. */
  private void restart() {
    if (isClosed()) {
      return;
    }
    try {
      RedisProcess again = launch();
      if (replace(again)) {
        log.info("embedded Redis runs again");
      } else {
        again.stop(STOP_TIMEOUT);
      }
    } catch (IOException e) {
      pause = longer(pause);
      log.error(
          "embedded Redis did not start again: {}; next attempt in {} ms",
          e.getMessage(),
          pause.toMillis());
      restartLater();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean replace(RedisProcess again) {
    if (!closed) {
      process = again;
    }
    return !closed;
  }

  private static Duration longer(Duration pause) {
    if (pause.isZero()) {
      return FIRST_PAUSE;
    }
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private RedisEndpoint endpoint(String uri) {
    return new RedisEndpoint(uri, null, settings.password(), 0, timeout);
  }
}
