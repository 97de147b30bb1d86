package io.tollgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * As many requests as the target takes, by {@code wrk}: on each connection the next request follows
 * the end of the answer to the last, for streams too.
 */
final class Wrk implements Load {
  private final int connections;
  private final Path dir;

  Wrk(int connections, Path dir) {
    this.connections = connections;
    this.dir = dir;
  }

  @Override
  public String label() {
    return "saturation";
  }

  @Override
  public Measured run(Target target, Scenario scenario, Duration length)
      throws IOException, InterruptedException {
    Path script = dir.resolve("wrk-" + scenario.label() + ".lua");
    Files.writeString(script, script(scenario));
    Process wrk =
        new ProcessBuilder(
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + length.toSeconds() + "s",
                "--timeout",
                "10s",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + target.port() + "/v1/chat/completions")
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (wrk.waitFor() != 0) {
        throw new IOException("wrk failed:\n" + output);
      }
      return read(output);
    } finally {
      wrk.destroy();
    }
  }

  /** Reads the line that {@link #script} makes wrk print at its end. */
  static Measured read(String output) throws IOException {
    List<String> lines = output.lines().filter(line -> line.startsWith("measured ")).toList();
    if (lines.size() != 1) {
      throw new IOException("wrk did not report what it measured:\n" + output);
    }
    Map<String, Long> values = new HashMap<>();
    for (String pair : lines.getFirst().substring("measured ".length()).split(" ")) {
      String[] parts = pair.split("=", 2);
      values.put(parts[0], Long.valueOf(parts[1]));
    }
    return new Measured(
        values.getOrDefault("micros", 0L) / 1e6,
        values.getOrDefault("requests", 0L),
        values.getOrDefault("errors", 0L),
        values.getOrDefault("p50", 0L),
        values.getOrDefault("p99", 0L),
        0,
        0);
  }

  private static String script(Scenario scenario) {
    List<String> lines = new ArrayList<>();
    lines.add("wrk.method = 'POST'");
    lines.add("wrk.headers['content-type'] = 'application/json'");
    lines.add("wrk.headers['x-api-key'] = '" + Node.KEY + "'");
    lines.add("wrk.body = '" + scenario.body() + "'");
    lines.add("function done(summary, latency, requests)");
    lines.add("  local e = summary.errors");
    lines.add("  local errors = e.connect + e.read + e.write + e.status + e.timeout");
    lines.add(
        "  io.write(string.format('measured micros=%d requests=%d errors=%d p50=%d p99=%d\\n',");
    lines.add("    summary.duration, summary.requests, errors,");
    lines.add("    latency:percentile(50), latency:percentile(99)))");
    lines.add("end");
    return String.join("\n", lines) + "\n";
  }
}
