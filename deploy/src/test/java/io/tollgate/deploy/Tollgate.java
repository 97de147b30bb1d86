package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tollgate as a process of its own, from the jar that was built. */
final class Tollgate implements AutoCloseable {
  private static final Path JAR = Path.of("target", "tollgate.jar").toAbsolutePath();

  private final Process process;
  private final Path out;
  private final Path err;

  private Tollgate(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param folder for what it writes; also its current one
   */
  static Tollgate start(Path folder, List<String> arguments) throws IOException {
    return start(folder, arguments, Map.of());
  }

  /**
   * @param environment beside that of the tests
   */
  static Tollgate start(Path folder, List<String> arguments, Map<String, String> environment)
      throws IOException {
    assertThat(JAR).isRegularFile();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                JAR.toString()));
    command.addAll(arguments);
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // Whoever runs the tests may have keys of real providers.
    builder.environment().keySet().removeAll(List.of("DASHSCOPE_API_KEY", "OPENAI_API_KEY"));
    builder.environment().putAll(environment);
    return new Tollgate(builder.start(), out, err);
  }

  Tollgate awaitReady() throws Exception {
    Eventually.that(() -> assertThat(out()).as(err()).contains("is ready after"));
    return this;
  }

  /**
   * Where it listens, as its first line tells.
   *
   * @param door such as {@code http}
   */
  int port(String door) throws IOException {
    Matcher told = Pattern.compile("[:,] " + door + " [^ ,]+:(\\d+)").matcher(out());
    assertThat(told.find()).as(out()).isTrue();
    return Integer.parseInt(told.group(1));
  }

  Process process() {
    return process;
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** The embedded Redis and whatever else it has started. */
  List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  int awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
