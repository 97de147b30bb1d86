package io.tollgate.store;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an embedded server, below a guarding shell that ends it when this process is gone.
 *
 * <p>The guard reads its standard input, which we hold open: its end is the sign that we are gone,
 * even after a kill that leaves us no time. Guard and server have a session of their own, so that
 * Ctrl-C in a terminal does not take Redis away while requests drain.
 */
final class RedisProcess {
  private static final Logger log = LoggerFactory.getLogger("tollgate.redis");
  private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(60);
  private static final String READY = "Ready to accept connections";
  private static final int LAST_LINES = 5;

  private final Process guard;
  private final RedisSettings settings;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final List<String> lastLines = new ArrayList<>();

  private RedisProcess(Process guard, RedisSettings settings) {
    this.guard = guard;
    this.settings = settings;
  }

  /** Returns when the server accepts commands. */
  static RedisProcess launch(Path binary, RedisSettings settings) throws IOException {
    List<String> command = new ArrayList<>(ownSession());
    command.addAll(List.of("sh", "-c", guardScript(), "tollgate-redis-guard"));
    command.addAll(List.of(binary.toString(), settings.file().toString()));
    Process guard = new ProcessBuilder(command).redirectErrorStream(true).start();
    RedisProcess process = new RedisProcess(guard, settings);
    Thread.ofPlatform().daemon().name("tollgate-redis-log").start(process::copyLog);
    process.awaitReady();
    return process;
  }

  CompletableFuture<Integer> onExit() {
    return guard.onExit().thenApply(Process::exitValue);
  }

  Optional<Long> serverPid() {
    return guard.isAlive()
        ? guard.children().filter(RedisProcess::isServer).map(ProcessHandle::pid).findFirst()
        : Optional.empty();
  }

  /** Lets the server write what it has and end; kills it when it does not. */
  void stop(Duration patience) {
    List<ProcessHandle> family = guard.descendants().toList();
    try {
      guard.getOutputStream().close();
      if (!guard.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("embedded Redis did not end within {} s; killing it", patience.toSeconds());
        family.forEach(ProcessHandle::destroyForcibly);
        guard.destroyForcibly();
      }
    } catch (IOException e) {
      log.warn("embedded Redis: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitReady() throws IOException {
    try {
      CompletableFuture.anyOf(ready, guard.onExit())
          .get(LOAD_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      stop(Duration.ZERO);
      throw new IOException(failure("was not ready within " + LOAD_TIMEOUT.toSeconds() + " s"), e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      stop(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (!ready.isDone()) {
      throw new IOException(failure("ended with status " + guard.exitValue()));
    }
  }

  private String failure(String what) {
    synchronized (lastLines) {
      return "embedded Redis in %s %s; its last words: %s"
          .formatted(settings.directory(), what, String.join(" | ", lastLines));
    }
  }

  private void copyLog() {
    try (BufferedReader lines = guard.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.debug("{}", line);
        remember(line);
        if (line.contains(READY)) {
          ready.complete(null);
        }
      }
    } catch (IOException e) {
      log.debug("log of embedded Redis ended: {}", e.getMessage());
    }
  }

  private void remember(String line) {
    synchronized (lastLines) {
      lastLines.add(line);
      if (lastLines.size() > LAST_LINES) {
        lastLines.removeFirst();
      }
    }
  }

  private static boolean isServer(ProcessHandle process) {
    return process.info().command().filter(c -> c.contains("redis-server")).isPresent();
  }

  private static List<String> ownSession() {
    if (isOnPath("setsid")) {
      return List.of("setsid");
    }
    return isOnPath("perl")
        ? List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV")
        : List.of();
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String directory : path.split(File.pathSeparator)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private static String guardScript() throws IOException {
    try (InputStream script = RedisProcess.class.getResourceAsStream("redis-guard.sh")) {
      if (script == null) {
        throw new IOException("redis-guard.sh is missing from the jar");
      }
      return new String(script.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
