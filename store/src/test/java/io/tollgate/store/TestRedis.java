package io.tollgate.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real server of a test's own, as a process that ends with the test's, however that ends. Asked
 * over connections of its own, one for each command. Blocks.
 */
public final class TestRedis implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path directory;
  private final List<String> options;
  private final int port;
  private Process guard;

  private TestRedis(Path directory, int port, List<String> options) {
    this.directory = directory;
    this.port = port;
    this.options = options;
  }

  /**
   * Starts a server, and returns before it answers.
   *
   * @param directory for this one alone
   * @param options as on its command line, such as {@code --appendonly yes}
   */
  public static TestRedis start(Path directory, String... options) throws IOException {
    TestRedis redis = new TestRedis(directory, FreePorts.next(), List.of(options));
    redis.launch();
    return redis;
  }

  public int port() {
    return port;
  }

  public RedisEndpoint endpoint(Duration timeout) {
    return new RedisEndpoint("redis://127.0.0.1:" + port, null, null, 0, timeout);
  }

  public ProcessHandle process() {
    for (Waiting wait = new Waiting(); wait.goesOn("no server process"); ) {
      var server =
          guard.children().filter(p -> p.info().command().orElse("").contains("redis-server"));
      var found = server.findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new AssertionError();
  }

  public void awaitReady() {
    await("no answer", () -> ask("PING").equals("PONG"));
  }

  /** As a power cut would. */
  public void kill() throws Exception {
    process().destroyForcibly();
    guard.waitFor();
  }

  public void restart() throws IOException {
    launch();
  }

  public void freeze() throws Exception {
    signal("STOP");
  }

  public void thaw() throws Exception {
    signal("CONT");
  }

  /** The answer as text, one of an error with a minus before it; a list as its parts in lines. */
  public String ask(String... command) {
    return askAfter("PING", command);
  }

  /**
   * @param first a command of one line that the same connection is sent before, such as {@code
   *     READONLY} or {@code AUTH secret}
   */
  public String askAfter(String first, String... command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      StringBuilder request = new StringBuilder(first + "\r\n*" + command.length + "\r\n");
      for (String word : command) {
        int length = word.getBytes(StandardCharsets.UTF_8).length;
        request.append('$').append(length).append("\r\n").append(word).append("\r\n");
      }
      OutputStream out = socket.getOutputStream();
      out.write(request.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      answer(in);
      return answer(in);
    } catch (IOException e) {
      return "-" + e;
    }
  }

  /** Waits until the condition holds. */
  public static void await(String otherwise, Condition condition) {
    for (Waiting wait = new Waiting(); wait.goesOn(otherwise); ) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (Exception | AssertionError e) {
        wait.last = e;
      }
    }
  }

  /** Something that comes true in time. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  private static final class Waiting {
    private final long end = System.nanoTime() + PATIENCE.toNanos();
    private Throwable last;

    boolean goesOn(String otherwise) {
      if (System.nanoTime() > end) {
        throw new AssertionError(otherwise, last);
      }
      LockSupport.parkNanos(20_000_000);
      return true;
    }
  }

  @Override
  public void close() {
    try {
      guard.descendants().forEach(ProcessHandle::destroyForcibly);
      guard.getOutputStream().close();
      guard.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void launch() throws IOException {
    Files.createDirectories(directory);
    String script;
    try (InputStream guarding = RedisLink.class.getResourceAsStream("redis-guard.sh")) {
      script = new String(guarding.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "test-redis"));
    command.add(RedisBinary.extractTo(Files.createDirectories(binaries())).toString());
    command.addAll(options);
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", directory.toString()));
    guard =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
  }

  /** One copy for all servers of a module's tests, and no other user's. */
  private static Path binaries() {
    return Path.of("target", "test-redis").toAbsolutePath();
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process().pid())).start().waitFor();
  }

  private static String answer(InputStream in) throws IOException {
    int type = in.read();
    String line = line(in);
    return switch (type) {
      case '+', ':' -> line;
      case '-' -> '-' + line;
      case '$' -> {
        int length = Integer.parseInt(line);
        String text = length < 0 ? "" : new String(in.readNBytes(length), StandardCharsets.UTF_8);
        in.skipNBytes(length < 0 ? 0 : 2);
        yield text;
      }
      case '*' -> {
        List<String> parts = new ArrayList<>();
        for (int i = Integer.parseInt(line); i > 0; i--) {
          parts.add(answer(in));
        }
        yield String.join("\n", parts);
      }
      default -> throw new IOException("an answer that begins with " + type);
    };
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
}
