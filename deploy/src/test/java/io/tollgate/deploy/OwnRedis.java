package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import io.tollgate.store.RedisBinary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A Redis that is nobody's child: a test kills it, freezes it and starts it again on its port. */
final class OwnRedis implements AutoCloseable {
  private final int port = FreePorts.next();
  private final Path binary;
  private final Path data;
  private Process process;

  OwnRedis(Path directory) throws Exception {
    Files.createDirectories(directory);
    this.binary = RedisBinary.extractTo(directory);
    this.data = directory.resolve("data");
    start();
  }

  int port() {
    return port;
  }

  /** Returns when it answers. */
  void start() throws Exception {
    Files.createDirectories(data);
    process =
        new ProcessBuilder(
                List.of(
                    binary.toString(),
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--dir",
                    data.toString(),
                    "--appendonly",
                    "yes",
                    "--save",
                    ""))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Eventually.that(() -> assertThat(ask("PING")).isEqualTo("+PONG"));
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** To be called while it does not run. */
  void forgetEverything() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  void freeze() throws Exception {
    signal("STOP");
  }

  void thaw() throws Exception {
    signal("CONT");
  }

  /** The integer at a key, 0 when there is none. */
  long number(String key) throws IOException {
    try (Socket socket = connect()) {
      BufferedReader answers = send(socket, "GET " + key);
      return answers.readLine().equals("$-1") ? 0 : Long.parseLong(answers.readLine());
    }
  }

  /** The fields of the hash at a key. */
  Map<String, String> hash(String key) throws IOException {
    try (Socket socket = connect()) {
      BufferedReader answers = send(socket, "HGETALL " + key);
      int count = Integer.parseInt(answers.readLine().substring(1));
      Map<String, String> fields = new TreeMap<>();
      for (int i = 0; i < count; i += 2) {
        fields.put(bulk(answers), bulk(answers));
      }
      return fields;
    }
  }

  /** All keys. */
  List<String> keys() throws IOException {
    try (Socket socket = connect()) {
      BufferedReader answers = send(socket, "KEYS *");
      int count = Integer.parseInt(answers.readLine().substring(1));
      List<String> keys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        keys.add(bulk(answers));
      }
      return keys;
    }
  }

  /** The hash of what Redis would save of a key. */
  String digest(String key) throws IOException {
    return bulkOf("EVAL \"return redis.sha1hex(redis.call('DUMP',KEYS[1]))\" 1 \"" + key + "\"");
  }

  private String bulkOf(String command) throws IOException {
    try (Socket socket = connect()) {
      return bulk(send(socket, command));
    }
  }

  /** The first line of the answer to an inline command. */
  String ask(String command) throws IOException {
    try (Socket socket = connect()) {
      return send(socket, command).readLine();
    } catch (IOException notYet) {
      return notYet.toString();
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static String bulk(BufferedReader answers) throws IOException {
    answers.readLine();
    return answers.readLine();
  }

  private static BufferedReader send(Socket socket, String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private void signal(String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
