package io.tollgate.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The server that used a directory before. When its node was killed it ends a moment later, and two
 * servers must not write one append-only file.
 */
final class Predecessor {
  private Predecessor() {}

  static void awaitEnd(Path directory, Duration patience) throws IOException {
    Optional<ProcessHandle> running = find(directory);
    if (running.isEmpty()) {
      return;
    }
    try {
      running.get().onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "another Redis (pid %d) uses %s".formatted(running.get().pid(), directory), e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static Optional<ProcessHandle> find(Path directory) throws IOException {
    Path file = RedisSettings.pidFile(directory);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String home = directory.toAbsolutePath().normalize().toString();
    try {
      // A pid is used again in time: only a process that runs our own executable counts.
      return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
          .filter(process -> process.info().command().filter(c -> c.startsWith(home)).isPresent());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
