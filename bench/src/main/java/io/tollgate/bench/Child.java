package io.tollgate.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that this run started, and that ends with it. Its output goes to a file. */
public final class Child implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(40);

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param name of it in messages, and of its log file
   * @param dir for the log file
   */
  public static Child start(
      String name, List<String> command, Map<String, String> environment, Path dir)
      throws IOException {
    Path log = dir.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new Child(name, builder.start(), log);
  }

  /**
   * Does nothing as long as it runs.
   *
   * @throws IOException when it has ended, with the end of its output
   */
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new IOException(
          name
              + " ended with "
              + process.exitValue()
              + ":\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
    }
  }

  /** Ends it as {@code kill -9} does, with no time for anything; does not wait for that. */
  public void kill() {
    process.destroyForcibly();
  }

  /**
   * Sends it a signal.
   *
   * @param signal its name without {@code SIG}
   */
  public void signal(String signal) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException(name + " can't be sent SIG" + signal);
    }
  }

  /** Returns when it is gone. */
  public void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  /** CPU time so far of the process itself. */
  Duration cpu() {
    return cpu(process.toHandle());
  }

  /** CPU time so far of the processes that it started and that still live. */
  Duration descendantsCpu() {
    try (Stream<ProcessHandle> all = process.descendants()) {
      return all.map(Child::cpu).reduce(Duration.ZERO, Duration::plus);
    }
  }

  private static Duration cpu(ProcessHandle handle) {
    return handle.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
