package io.tollgate.bench.accuracy;

import io.tollgate.bench.Child;
import io.tollgate.bench.Loopback;
import io.tollgate.store.RedisBinary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Redis of the run's own on one port and one directory, which can be killed, halted and started
 * again on what it had. Used from one thread.
 */
final class RedisServer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int SOCKET_MILLIS = 1000;

  private final String name;
  private final Path dir;
  private final Path logs;
  private final List<String> options;
  private final int port = Loopback.freePort();
  private Child process;
  private int starts;

  /**
   * Starts it; it may not accept commands yet.
   *
   * @param dir for its data, and its executable
   * @param options beyond port, address and directory
   */
  RedisServer(String name, Path dir, Path logs, List<String> options) throws IOException {
    this.name = name;
    this.dir = Files.createDirectories(dir).toAbsolutePath();
    this.logs = logs;
    this.options = List.copyOf(options);
    this.process = launch();
  }

  int port() {
    return port;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private Child launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                RedisBinary.extractTo(dir).toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                dir.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec"));
    command.addAll(options);
    return Child.start(name + "." + ++starts, command, Map.of(), logs);
  }

  /** Returns when it accepts commands. */
  void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!"+PONG".equals(answerTo("PING"))) {
      process.requireAlive();
      if (System.nanoTime() > end) {
        throw new IOException(name + " accepts no commands within " + START.toSeconds() + " s");
      }
      Thread.sleep(POLL);
    }
  }

  /** The first line that it answers to a command of plain words; empty when it does not answer. */
  String answerTo(String command) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SOCKET_MILLIS);
      socket.setSoTimeout(SOCKET_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read();
          c >= 0 && c != '\r';
          c = socket.getInputStream().read()) {
        line.append((char) c);
      }
      return line.toString();
    } catch (IOException away) {
      return "";
    }
  }

  void kill() throws InterruptedException {
    process.kill();
    process.awaitEnd();
  }

  void startAgain() throws IOException, InterruptedException {
    process = launch();
    awaitReady();
  }

  /** Halts it: connections stay open, nothing is answered. */
  void halt() throws IOException, InterruptedException {
    process.signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    process.signal("CONT");
  }

  @Override
  public void close() {
    process.kill();
  }
}
