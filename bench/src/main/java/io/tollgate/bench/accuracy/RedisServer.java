package io.tollgate.bench.accuracy;

import io.tollgate.bench.Child;
import io.tollgate.bench.Loopback;
import io.tollgate.store.RedisBinary;
import java.io.IOException;
import java.io.InputStream;
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
  private final Path logs;
  private final List<String> arguments;
  private final int port;
  private int busPort;
  private Child process;
  private int starts;

  private RedisServer(String name, Path logs, int port, List<String> arguments) throws IOException {
    this.name = name;
    this.logs = logs;
    this.port = port;
    this.arguments = List.copyOf(arguments);
    this.process = launch();
  }

  /**
   * Starts a server of data; it may not accept commands yet.
   *
   * @param logs for its log; its data goes into a folder there
   * @param more options beyond port, address and what it keeps
   */
  static RedisServer ofData(String name, Path logs, List<String> more) throws IOException {
    Path data = Files.createDirectories(logs.resolve(name + "-data"));
    int port = Loopback.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
    arguments.addAll(List.of("--dir", data.toAbsolutePath().toString()));
    arguments.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec"));
    arguments.addAll(more);
    return new RedisServer(name, logs, port, arguments);
  }

  /** Starts a member of a Redis cluster that has no others yet. */
  static RedisServer ofCluster(String name, Path logs) throws IOException {
    int busPort = Loopback.freePort();
    RedisServer server =
        ofData(
            name,
            logs,
            List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "2000",
                "--cluster-port",
                Integer.toString(busPort)));
    server.busPort = busPort;
    return server;
  }

  /**
   * Starts a sentinel.
   *
   * @param logs for its log and its configuration, which it writes itself from then on
   * @param lines of that configuration beyond port and address
   */
  static RedisServer sentinel(String name, Path logs, List<String> lines) throws IOException {
    int port = Loopback.freePort();
    Path file = logs.resolve(name + ".conf").toAbsolutePath();
    List<String> all = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1"));
    all.addAll(lines);
    Files.write(file, all);
    return new RedisServer(name, logs, port, List.of(file.toString(), "--sentinel"));
  }

  int port() {
    return port;
  }

  /** Between the members of a Redis cluster; 0 outside of one. */
  int busPort() {
    return busPort;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private Child launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(RedisBinary.extractTo(logs).toString()));
    command.addAll(arguments);
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

  /** Whether it is up and takes writes for others to copy. */
  boolean isMaster() {
    return answerTo("INFO replication").contains("role:master");
  }

  /**
   * What it answers to a command of plain words: a line as it stands, or the text that a line with
   * its length announces; empty when it does not answer.
   */
  String answerTo(String command) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SOCKET_MILLIS);
      socket.setSoTimeout(SOCKET_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      String line = line(in);
      return line.startsWith("$")
          ? new String(in.readNBytes(Integer.parseInt(line.substring(1))), StandardCharsets.UTF_8)
          : line;
    } catch (IOException away) {
      return "";
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
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
