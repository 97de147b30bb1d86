package io.tollgate.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Tollgate node as a user starts it, with {@code bench/tollgate.yaml}: key authentication, a rate
 * limit, a quota, metrics and the decision log on, and a Redis of its own.
 */
final class Node {
  /** The key of the one consumer in the configuration. */
  static final String KEY = "bench-key";

  private static final String ADMIN_TOKEN = "bench-token";
  private static final long QUOTA = 1_000_000_000_000_000L;

  private Node() {}

  static Child start(Path home, int port, int adminPort, int upstreamPort, Path dir)
      throws IOException {
    return start(home, port, adminPort, upstreamPort, dir, List.of());
  }

  /**
   * @param dir of this node alone
   * @param settings for {@code --set}
   */
  static Child start(
      Path home, int port, int adminPort, int upstreamPort, Path dir, List<String> settings)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                home.resolve("tollgate").toString(),
                "run",
                "--config",
                home.resolve("bench/tollgate.yaml").toString()));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    return Child.start(
        "tollgate",
        command,
        Map.of(
            "BENCH_PORT",
            Integer.toString(port),
            "BENCH_ADMIN_PORT",
            Integer.toString(adminPort),
            "BENCH_UPSTREAM",
            "http://127.0.0.1:" + upstreamPort + "/v1",
            "BENCH_DIR",
            dir.toAbsolutePath().toString(),
            "BENCH_ADMIN_TOKEN",
            ADMIN_TOKEN,
            "BENCH_KEY",
            KEY),
        dir);
  }

  /** Fills the consumer's account, so that nothing is refused. */
  static void fillQuota(int adminPort) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + adminPort + "/api/v1/quotas/bench"))
                  .timeout(Duration.ofSeconds(5))
                  .header("authorization", "Bearer " + ADMIN_TOKEN)
                  .header("content-type", "application/json")
                  .PUT(HttpRequest.BodyPublishers.ofString("{\"quota\":" + QUOTA + "}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("setting the quota: " + answer.statusCode() + " " + answer.body());
      }
    }
  }
}
