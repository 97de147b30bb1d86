package io.tollgate.bench.accuracy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads and edits the rules of one node as an administrator does. Blocks; from any thread. */
final class RulesClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(2);
  private static final String LIMITS = "/api/v1/routes/open/limits";

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;

  RulesClient(int port) {
    this.port = port;
  }

  /** The limits of the only route. */
  JsonArray limits() throws IOException, InterruptedException {
    return rules().getJsonArray("routes").getJsonObject(0).getJsonArray("limits");
  }

  /**
   * @return the version that this made
   */
  long replace(JsonArray limits) throws IOException, InterruptedException {
    return call("PUT", LIMITS, BodyPublishers.ofString(limits.encode())).getLong("version");
  }

  /**
   * @return the version that this made
   */
  long reset() throws IOException, InterruptedException {
    return call("DELETE", LIMITS, BodyPublishers.noBody()).getLong("version");
  }

  /** Returns when the node goes by this version, or a later one. */
  void awaitVersion(long version) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (rules().getLong("version") < version) {
      if (System.nanoTime() > end) {
        throw new IOException("version " + version + " is not in force on port " + port);
      }
      Thread.sleep(POLL);
    }
  }

  private JsonObject rules() throws IOException, InterruptedException {
    return call("GET", "/api/v1/rules", BodyPublishers.noBody());
  }

  private JsonObject call(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer bench-token")
            .method(method, body)
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return new JsonObject(answer.body());
  }

  @Override
  public void close() {
    http.close();
  }
}
